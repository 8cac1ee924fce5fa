//! Requests sent together and answered in order, in one round trip.

use crate::Value;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row, Statement};

/// One request.
pub(super) enum Request {
    /// BEGIN or COMMIT.
    Step(&'static str),
    /// Whose rows are wanted.
    Rows(Statement, Vec<Value>),
    /// Whose count is wanted.
    Count(Statement, Vec<Value>),
    /// The same, of many rows at once: each argument is a column of them.
    CountAll(Statement, Vec<Vec<Value>>),
}

/// One answer.
pub(super) enum Answer {
    Done,
    Rows(Vec<Row>),
    Count(u64),
}

/// Sends all requests before it waits for the first answer.
///
/// The driver puts a request on the wire at its future's first poll, and answers come in the order of requests. So each
/// future is polled once, in order, and then awaited, in order.
pub(super) async fn send_all(client: &Client, requests: Vec<Request>) -> Vec<Result<Answer, Error>> {
    let mut waiting: Vec<_> =
        requests.into_iter().map(|request| Waiting::Sent(Box::pin(send(client, request)))).collect();
    poll_fn(|cx| {
        for one in &mut waiting {
            if let Waiting::Sent(future) = one
                && let Poll::Ready(answer) = future.as_mut().poll(cx)
            {
                *one = Waiting::Answered(answer);
            }
        }
        Poll::Ready(())
    })
    .await;
    let mut answers = Vec::with_capacity(waiting.len());
    for one in waiting {
        answers.push(match one {
            Waiting::Answered(answer) => answer,
            Waiting::Sent(future) => future.await,
        });
    }
    answers
}

/// Sends a request and leaves. Its answer is dropped by the connection's own task.
pub(super) async fn send_and_leave(client: &Client, step: &'static str) {
    let mut future = std::pin::pin!(client.batch_execute(step));
    poll_fn(|cx| {
        // What comes of it is not waited for; a lost connection shows at its next use.
        drop(future.as_mut().poll(cx));
        Poll::Ready(())
    })
    .await;
}

enum Waiting<F> {
    Sent(Pin<Box<F>>),
    Answered(Result<Answer, Error>),
}

pub(super) async fn send(client: &Client, request: Request) -> Result<Answer, Error> {
    match request {
        Request::Step(sql) => client.batch_execute(sql).await.map(|()| Answer::Done),
        Request::Rows(statement, args) => client.query(&statement, &borrowed(&args)).await.map(Answer::Rows),
        Request::Count(statement, args) => {
            client.execute(&statement, &borrowed(&args)).await.map(Answer::Count)
        }
        Request::CountAll(statement, columns) => {
            client.execute(&statement, &borrowed(&columns)).await.map(Answer::Count)
        }
    }
}

fn borrowed<T: ToSql + Sync>(args: &[T]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect()
}
