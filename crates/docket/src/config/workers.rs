//! Settings of the workers and of the engine's child processes.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts that people read")]

use std::time::Duration;

use anyhow::Context;
use docket_worker::{
    ChildCommand, CpuLimits, FetchSettings, MemoryBudget, Sandbox, TesseractSettings,
    WorkerSettings,
};

use super::ocr::OcrSettings;
use super::setting::Unit;
use super::table::settings;
use super::units::{MEBIBYTE, mebibytes, processors};
use super::value::{Kind, Value};
use crate::exit::Exit;
use crate::limits::memory_of_machine;

/// Jobs of one process at the same time; above it, limits of the operating system are reached first.
const WORKERS_MAX: u64 = 1024;
const PAGE_THREADS_MAX: u64 = 16;
const PAGE_THREADS_DEFAULT_MAX: usize = 4;

settings! {
    /// How jobs are run.
    pub(crate) struct WorkSettings in "Workers" {
        /// Jobs that this process runs at the same time.
        workers: Option<usize> {
            default_words: "one per processor",
            example: "2",
            min: 1,
            max: WORKERS_MAX,
        }

        /// Threads that read the pages of documents; documents that run at the same time share them.
        ///
        /// A thread reads at least eight pages. All threads of a document share the memory of its
        /// child process (child_memory_mb).
        page_threads: Option<usize> {
            default_words: "one per processor, at most 4",
            example: "2",
            min: 1,
            max: PAGE_THREADS_MAX,
        }

        /// Milliseconds between two looks at the queue.
        ///
        /// A job that was submitted to the same process starts at once.
        poll_ms: u64 { default: "250", min: 10, unit: Unit::Milliseconds }

        /// Seconds that running jobs may continue after SIGTERM.
        ///
        /// Jobs that have not ended by then return to the queue.
        grace_s: u64 { default: "30", unit: Unit::Seconds }

        /// Allow documents to be fetched from private networks and from this machine.
        ///
        /// Webhooks may then be delivered there too. Otherwise an endpoint on a private address is
        /// refused when it is created.
        allow_private_hosts: bool { default: "false", placeholder: "true|false" }

        /// Start when the sandbox is incomplete: required refuses, best_effort uses what the system has.
        ///
        /// The sandbox confines the processes that read documents: a filter of system calls and
        /// limits. Landlock is added where the kernel has it; its absence is reported and never
        /// prevents the start.
        sandbox: Option<SandboxOption> {
            default_words: "required on Linux, best_effort elsewhere and for quickstart",
            example: "required",
            placeholder: "POLICY",
        }

        /// Memory in MiB of all engine children and OCR processes of this process.
        ///
        /// Several processes on one machine must divide its memory.
        memory_total_mb: Option<u64> {
            default_words: "three quarters of the memory of the machine or of its control group",
            example: "8192",
            unit: Unit::Mebibytes,
        }

        /// Memory in MiB of one engine child.
        ///
        /// A document that exceeds this or one of the next limits fails at once, and the error names
        /// the limit.
        child_memory_mb: u64 { default: "640", unit: Unit::Mebibytes }

        /// Processor time in seconds of a document, to which each page adds document_page_cpu_ms.
        document_cpu_s: u64 { default: "20", min: 1, unit: Unit::Seconds }

        /// Processor time in milliseconds that each page adds to document_cpu_s.
        document_page_cpu_ms: u64 { default: "10", unit: Unit::Milliseconds }

        /// Processor time in seconds of one page.
        page_cpu_s: u64 { default: "20", min: 1, unit: Unit::Seconds }
    }
}

/// What happens if the processes that read documents cannot be confined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SandboxOption {
    /// Docket does not start.
    Required,
    /// Docket works with the parts that the system has.
    BestEffort,
}

impl Value for SandboxOption {
    const KIND: Kind = Kind::Choice(&["required", "best_effort"]);

    fn from_text(text: &str) -> Option<Self> {
        match text.trim() {
            "required" => Some(Self::Required),
            "best_effort" => Some(Self::BestEffort),
            _ => None,
        }
    }
}

impl From<SandboxOption> for Sandbox {
    fn from(option: SandboxOption) -> Self {
        match option {
            SandboxOption::Required => Self::Required,
            SandboxOption::BestEffort => Self::BestEffort,
        }
    }
}

impl WorkSettings {
    /// The settings of the worker of this process.
    pub(super) fn worker(&self, ocr: &OcrSettings) -> anyhow::Result<WorkerSettings> {
        let mut child = child_command()?;
        child.memory_bytes = mebibytes(self.child_memory_mb);
        if let Some(option) = self.sandbox {
            child.sandbox = option.into();
        }
        let tesseract: TesseractSettings = ocr.tesseract(child.program.clone(), child.sandbox);
        let memory = self.memory(child.memory_bytes, tesseract.memory_bytes)?;
        let cpu = self.cpu_limits();
        Ok(WorkerSettings {
            slots: self.workers.unwrap_or_else(processors),
            tesseract,
            memory,
            // On a busy machine a document gets its processor time in six times as much wall time.
            silence_max: cpu.document.max(cpu.page).saturating_mul(6),
            cpu,
            page_threads: self.page_threads.unwrap_or_else(page_threads_default),
            poll: Duration::from_millis(self.poll_ms),
            grace: Duration::from_secs(self.grace_s),
            fetch: FetchSettings {
                allow_private_hosts: self.allow_private_hosts,
                ..FetchSettings::default()
            },
            ..WorkerSettings::new(child)
        })
    }

    fn cpu_limits(&self) -> CpuLimits {
        CpuLimits {
            document: Duration::from_secs(self.document_cpu_s),
            per_page: Duration::from_millis(self.document_page_cpu_ms),
            page: Duration::from_secs(self.page_cpu_s),
        }
    }

    /// The memory of all children and recognisers: at least enough for one of each.
    fn memory(&self, child_bytes: u64, recogniser_bytes: u64) -> anyhow::Result<MemoryBudget> {
        let least = child_bytes.saturating_add(recogniser_bytes);
        let total = match self.memory_total_mb {
            Some(count) => mebibytes(count),
            None => (memory_of_machine() / 4 * 3).max(least),
        };
        if total < least {
            return Err(Exit::Usage.error(format!(
                "memory_total_mb = {} is not allowed; it must be at least {}: child_memory_mb and \
                 ocr_memory_mb together",
                total / MEBIBYTE,
                least.div_ceil(MEBIBYTE)
            )));
        }
        Ok(MemoryBudget::new(total, recogniser_bytes))
    }
}

/// Threads that read pages where nothing else is set. Each needs a stack and fonts of its own, and
/// the memory of a child must be enough for all.
pub(crate) fn page_threads_default() -> usize {
    processors().min(PAGE_THREADS_DEFAULT_MAX)
}

/// This program as its own engine child.
pub(crate) fn child_command() -> anyhow::Result<ChildCommand> {
    let program = std::env::current_exe().context("the path of this program cannot be found")?;
    Ok(ChildCommand::new(program))
}
