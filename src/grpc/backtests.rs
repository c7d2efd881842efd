//! `BacktestPolicy`: progress, and then what came out.

use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tonic::{Request, Status};

use crate::{
    backtest::{Backtest, Step},
    grpc::{
        convert::backtest as convert,
        gate::Gate,
        status,
        streams::{Streams, WhileWelcome},
    },
    proto::v1,
};

/// Steps that wait to be read.
const MOST_UNREAD: usize = 4;

/// Starts a trial; its reply ends with the result.
///
/// # Errors
/// The gate's; what is wrong with the request or the policy.
pub async fn replay(
    gate: &Gate,
    backtest: &Backtest,
    streams: &Streams,
    request: &Request<v1::BacktestPolicyRequest>,
) -> Result<WhileWelcome<v1::BacktestPolicyResponse>, Status> {
    let asked = request.get_ref();
    let (_, site) = gate.admit(request, &asked.site).await?;
    let run = backtest.prepare(&site, convert::trial(asked)?).await?;
    let at_most = run.at_most();
    let (steps, told) = mpsc::channel(MOST_UNREAD);
    let shutdown = streams.shutdown.clone();
    let running = streams.tasks.spawn(async move {
        tokio::select! {
            () = run.run(steps) => None,
            () = shutdown.cancelled() => {
                Some(status::stream_over("the service shuts down; ask again"))
            }
        }
    });
    let told = ReceiverStream::new(told).map(move |step| match step {
        Step::Replayed(replayed) => Ok(convert::progress(replayed, at_most)),
        Step::Done(findings) => Ok(convert::result(*findings)),
        Step::Failed(error) => Err(error.into()),
    });
    let last = tokio_stream::once(running)
        .then(|running| async move { running.await.ok().flatten() })
        .filter_map(|over| over.map(Err));
    Ok(WhileWelcome::new(
        told.chain(last),
        gate.dismissal(request.extensions()),
    ))
}
