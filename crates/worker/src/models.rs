//! The models that this process offers to its engine children.

use docket_engine::Picture;
use futures_util::future::join_all;

use crate::child::{Answer, Asked, Fault, Question};
use crate::memory::MemoryBudget;
use crate::tesseract::{RecognitionAccount, TesseractSettings, TextReader};
use crate::turns::Asker;

/// The models by kind of question. A kind without a model is answered [`Fault::NotOffered`], and the
/// engine works without it.
#[derive(Debug)]
pub(crate) struct OfferedModels {
    text: TextReader,
}

impl OfferedModels {
    pub(crate) fn new(tesseract: TesseractSettings, memory: MemoryBudget) -> Self {
        Self { text: TextReader::new(tesseract, memory) }
    }

    /// The answers to the questions of a child, in their order. Each model bounds how much it does
    /// at the same time.
    pub(crate) async fn answer_all(
        &self,
        asker: &Asker,
        questions: Vec<Asked>,
        account: &RecognitionAccount,
    ) -> Vec<Answer> {
        join_all(questions.into_iter().map(|asked| self.answer(asker, asked, account))).await
    }

    async fn answer(&self, asker: &Asker, asked: Asked, account: &RecognitionAccount) -> Answer {
        match asked.question {
            Question::ReadText { .. } => {
                let picture: Picture = asked.into_picture().ok_or(Fault::Failed)?;
                self.text.read(asker, picture, account).await
            }
            Question::Unknown => Err(Fault::NotOffered),
        }
    }
}

#[cfg(test)]
mod tests {
    use docket_contract::{JobId, UserId};

    use super::*;

    #[tokio::test]
    async fn a_kind_without_a_model_is_not_offered() {
        let settings = TesseractSettings::new("/no/launcher".into(), "/no/tesseract".into());
        let models = OfferedModels::new(settings, MemoryBudget::unlimited());
        let asker = Asker { account: UserId(String::new()), job: JobId::new() };
        let unknown = Asked { question: Question::Unknown, payload: b"mind".to_vec() };
        let missing: Asked = Picture {
            width: 1,
            height: 1,
            pixels: vec![0],
            dpi: 300,
            arrangement: docket_engine::Arrangement::Page,
        }
        .into();
        let broken = Asked { payload: Vec::new(), ..missing.clone() };
        let account = RecognitionAccount::default();
        let answers = models.answer_all(&asker, vec![unknown, missing, broken], &account).await;
        let want: [Answer; 3] =
            [Err(Fault::NotOffered), Err(Fault::NotOffered), Err(Fault::Failed)];
        assert_eq!(answers, want);
    }
}
