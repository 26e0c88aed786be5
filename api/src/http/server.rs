//! The serve loop: a bound on connections and a time limit on headers, which a bare `axum::serve`
//! does not have: half a header would keep a connection for ever. On shutdown what is under way is
//! finished.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use super::guests::{Busy, Guests, Place};

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Bounds of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerLimits {
    /// The most connections at once; for one more, the one that rests for longest is closed.
    pub connections: usize,
    /// How long the headers of a request may take, and how long a connection may rest.
    pub headers: Duration,
    /// How long requests under way may take once the server is to stop.
    pub goodbye: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        ServerLimits {
            connections: 4096,
            headers: Duration::from_secs(10),
            goodbye: Duration::from_secs(30),
        }
    }
}

/// Serves until `shutdown` is done, then finishes what is under way, within the limit.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ServerLimits,
    shutdown: impl Future<Output = ()> + Send,
) {
    let graceful = GracefulShutdown::new();
    let guests = Guests::new(limits.connections);
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = accept(&listener, &guests) => accepted,
        };
        match accepted {
            Ok((stream, peer, place)) => {
                connect(stream, peer, place, router.clone(), limits, &graceful);
            }
            Err(error) => {
                // Out of descriptors, mostly: those in use come back.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(limits.goodbye, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests that were still under way are cut off");
    }
}

async fn accept(
    listener: &TcpListener,
    guests: &Arc<Guests>,
) -> std::io::Result<(TcpStream, SocketAddr, Place)> {
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, guests.place().await))
}

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    router: Router,
    limits: ServerLimits,
    graceful: &GracefulShutdown,
) {
    // Small answers must not wait for the other end's acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection stays without TCP_NODELAY");
    }
    let guest = place.take();
    let works = guest.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let busy = works.works();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        let router = router.clone();
        async move {
            let answer = router.oneshot(request).await.unwrap_or_else(|no| match no {});
            // Until the whole answer is on its way.
            Ok::<_, Infallible>(answer.map(|body| Held { body, _busy: busy }))
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        tokio::select! {
            ended = connection => if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended");
            },
            () = guest.must_leave() => tracing::debug!("a connection that rested made room"),
        }
        drop(place);
    });
}

/// A body whose connection is at work as long as it's being sent.
struct Held {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
