//! What runs beside the server, from its start to the end of its drain.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic_health::server::HealthReporter;

use super::{App, workers};
use crate::{
    health::{self, Readiness, Told, Watched},
    ops::{Source, figures::Figures},
    tls,
};

/// The workers, and the ops port, which outlives them: until the end it says that the process is alive.
pub(super) struct Background {
    workers: CancellationToken,
    tasks: TaskTracker,
    ops: CancellationToken,
    ops_tasks: TaskTracker,
}

impl Background {
    /// Starts all of it. From `stop` on, readiness is over.
    pub(super) fn start(app: &mut App, reporter: HealthReporter, stop: &CancellationToken) -> Self {
        let background = Self {
            workers: CancellationToken::new(),
            tasks: TaskTracker::new(),
            ops: CancellationToken::new(),
            ops_tasks: TaskTracker::new(),
        };
        background.follow_health(app, reporter, stop);
        background.work(app);
        background
    }

    fn follow_health(&self, app: &mut App, reporter: HealthReporter, stop: &CancellationToken) {
        let store = app.foundation.store.clone();
        let (unfit, why_unfit) = watch::channel(None);
        let (readiness, is_ready) = watch::channel(Readiness::starting());
        let fitness = app.foundation.fitness.clone();
        let seal_lease = app.foundation.seal_lease.clone();
        let looking = fitness.watch(store.clone(), seal_lease.clone(), unfit, stop.clone());
        self.tasks.spawn(looking);
        let mut reporters = vec![reporter];
        if let Some(ops) = app.ops.take() {
            reporters.push(ops.reporter());
            tracing::info!(address = %ops.local_addr(), "ops.ready");
            let source = Source {
                metrics: app.metrics.clone(),
                readiness: is_ready,
                store: store.clone(),
                seal_lease,
                tls: app.tls.clone(),
            };
            self.ops_tasks.spawn(ops.serve(source, self.ops.clone()));
            let figures = Figures {
                store: store.clone(),
                sites: Arc::clone(&app.desk.sites),
                replication: app.replication.clone(),
                metrics: app.metrics.clone(),
            };
            self.tasks.spawn(figures.follow(self.workers.clone()));
        }
        let watched = Watched {
            store,
            unfit: why_unfit,
            caught_up: app.replication.caught_up(),
        };
        let told = Told {
            reporters,
            readiness,
        };
        self.tasks
            .spawn(health::follow(watched, told, stop.clone()));
    }

    fn work(&self, app: &mut App) {
        let until = || self.workers.clone();
        self.tasks.spawn(app.replication.clone().follow(until()));
        if app.config.learning.trainer {
            self.tasks.spawn(app.replication.clone().train(until()));
        }
        if let Some(keeper) = app.keeper.take() {
            self.tasks.spawn(keeper.keep(until()));
        }
        if let Some(tls) = &app.tls {
            self.tasks
                .spawn(tls::watch::watch(Arc::clone(tls), until()));
        }
        self.tasks.spawn(app.retention.clone().enforce(until()));
        let (access, ended) = (Arc::clone(&app.access), until());
        self.tasks.spawn(async move { access.tend(ended).await });
        let keep = app.config.events.keep;
        self.tasks
            .spawn(workers::tend(Arc::clone(&app.desk), keep, until()));
    }

    /// Ends the workers, and then the ops port.
    pub(super) async fn end(self) {
        self.workers.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.ops.cancel();
        self.ops_tasks.close();
        self.ops_tasks.wait().await;
    }
}
