//! An axum router that remembers its paths, so that the API document can be held against it.

use axum::Router;
use axum::routing::MethodRouter;

use crate::ServerState;

/// Paths and what answers them.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<ServerState>,
    paths: Vec<&'static str>,
}

impl Routes {
    /// A path of the API.
    pub(crate) fn route(mut self, path: &'static str, methods: MethodRouter<ServerState>) -> Self {
        self.paths.push(path);
        self.undescribed(path, methods)
    }

    /// A path that is not of the API: a page for people, or one that this server does not have and
    /// says so in its own words.
    pub(crate) fn undescribed(
        mut self,
        path: &'static str,
        methods: MethodRouter<ServerState>,
    ) -> Self {
        self.router = self.router.route(path, methods);
        self
    }

    /// The paths of another table.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.paths.extend(other.paths);
        self.router = self.router.merge(other.router);
        self
    }

    pub(crate) fn into_router(self) -> Router<ServerState> {
        self.router
    }

    pub(crate) fn into_paths(self) -> Vec<&'static str> {
        self.paths
    }
}
