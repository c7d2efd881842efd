//! Runs the real thing beside the model.

use std::time::Duration;

use proptest_state_machine::StateMachineTest;
use tokio::{runtime::Runtime, time::timeout};

use super::{check, model::Model, real::Real, transition::Step};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Machine {
    runtime: Runtime,
    real: Real,
}

impl StateMachineTest for Machine {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let runtime = Runtime::new().unwrap();
        let real = runtime.block_on(Real::start());
        Self { runtime, real }
    }

    fn apply(mut machine: Self, model: &Model, (replica, _): Step) -> Self {
        let replica = usize::from(replica);
        let work = machine.real.carry_out(replica, model);
        let reply = machine
            .runtime
            .block_on(async { timeout(PATIENCE, work).await });
        let reply = reply.unwrap_or_else(|_| panic!("no end: {:?}", model.sent));
        assert_eq!(reply, model.reply, "{:?}", model.sent);
        machine
    }

    fn check_invariants(machine: &Self, model: &Model) {
        machine
            .runtime
            .block_on(check::everything(&machine.real, model));
    }

    fn teardown(machine: Self, _: Model) {
        machine.runtime.block_on(machine.real.end());
    }
}
