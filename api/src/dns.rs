//! Names looked up by the resolver of this machine, within a time that a request may wait.

use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use commands::tenancy::domains::{LookupFailed, TxtRecords};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use tokio::sync::OnceCell;

/// How long one server may take to answer.
const TIMEOUT: Duration = Duration::from_secs(3);
/// How long a look-up may take as a whole.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most texts read of one name.
const TEXTS_MAX: usize = 50;

/// The resolver, made when first asked: a machine without one serves all that needs no names.
#[derive(Debug, Default)]
pub struct Dns {
    /// The server to ask; none = those that the machine is set up with.
    server: Option<SocketAddr>,
    resolver: OnceCell<TokioResolver>,
}

impl Dns {
    /// One that asks this server alone.
    pub fn by(server: SocketAddr) -> Self {
        Dns { server: Some(server), resolver: OnceCell::new() }
    }

    async fn ask(&self, name: &str) -> Result<Vec<String>, NetError> {
        let resolver = self.resolver.get_or_try_init(async || self.resolver()).await?;
        // A dot at the end, so that no search list of this machine is tried.
        let found = match resolver.txt_lookup(format!("{name}.")).await {
            Err(error) if error.is_no_records_found() => return Ok(Vec::new()),
            found => found?,
        };
        let texts = found.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        });
        Ok(texts.take(TEXTS_MAX).collect())
    }

    fn resolver(&self) -> Result<TokioResolver, NetError> {
        let mut builder = match self.server {
            None => TokioResolver::builder_tokio()?,
            Some(server) => {
                let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
                connections.iter_mut().for_each(|connection| connection.port = server.port());
                let server = NameServerConfig::new(server.ip(), true, connections.to_vec());
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options: &mut ResolverOpts = builder.options_mut();
        options.timeout = TIMEOUT;
        options.attempts = 2;
        // Who has just published a record wants it seen now; a busy name is kept by its server.
        options.cache_size = 0;
        builder.build()
    }
}

#[async_trait]
impl TxtRecords for Dns {
    async fn txt(&self, name: &str) -> Result<Vec<String>, LookupFailed> {
        let failed = |why: String| LookupFailed { name: name.to_owned(), why };
        match tokio::time::timeout(PATIENCE, self.ask(name)).await {
            Ok(Ok(texts)) => Ok(texts),
            Ok(Err(error)) => Err(failed(error.to_string())),
            Err(_) => Err(failed("nobody answered in time".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::UdpSocket;

    use super::*;

    /// A name server on loopback that answers each question with these records, or with a code.
    async fn name_server(texts: &'static [&'static [&'static str]], code: u8) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        let address = socket.local_addr().expect("its address");
        tokio::spawn(async move {
            let mut buffer = [0_u8; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let answer = answer(&buffer[..length], texts, code);
                socket.send_to(&answer, from).await.expect("a datagram");
            }
        });
        address
    }

    /// RFC 1035, section 4: the header, the question as it came, and a TXT record for each text.
    fn answer(question: &[u8], texts: &[&[&str]], code: u8) -> Vec<u8> {
        let end = 12 + question[12..].iter().position(|byte| *byte == 0).expect("a name") + 5;
        let mut answer = question[..2].to_vec();
        answer.extend([0x84, code, 0, 1, 0, texts.len() as u8, 0, 0, 0, 0]);
        answer.extend(&question[12..end]);
        for parts in texts {
            let strings: Vec<u8> = parts
                .iter()
                .flat_map(|part| std::iter::once(part.len() as u8).chain(part.bytes()))
                .collect();
            // The name by a pointer, TXT, IN, an hour.
            answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 14, 16]);
            answer.extend((strings.len() as u16).to_be_bytes());
            answer.extend(strings);
        }
        answer
    }

    #[tokio::test]
    async fn every_text_of_a_name_is_read_and_parts_are_put_together() {
        let server = name_server(&[&["v=spf1 -all"], &["crowd", "minder-1"]], 0).await;
        let found = Dns::by(server).txt("_crowdminder.acme.example").await;
        let mut found = found.expect("an answer");
        found.sort();
        assert_eq!(found, ["crowdminder-1", "v=spf1 -all"]);
    }

    #[tokio::test]
    async fn a_name_that_is_not_there_has_no_texts() {
        let server = name_server(&[], 3).await;
        assert_eq!(Dns::by(server).txt("_crowdminder.acme.example").await, Ok(Vec::new()));
    }

    #[tokio::test]
    async fn a_server_that_fails_proves_nothing() {
        let server = name_server(&[], 2).await;
        let failed = Dns::by(server).txt("_crowdminder.acme.example").await;
        assert_eq!(failed.map_err(|error| error.name), Err("_crowdminder.acme.example".into()));
    }
}
