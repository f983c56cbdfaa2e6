//! Invalid certificates and TLS failures.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use secmaster_client::{Client, ClientBuilder, Error, ErrorKind};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::{TIMEOUT, assert_no_response, bounded, causes, without_delays};
use crate::raw_server::RawServer;
use crate::support::{REQUEST_ID, TOKEN, create};

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// An authority that signs certificates.
pub fn authority() -> Issuer {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for one host that is valid now.
pub fn certificate(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2120, 1, 1);
    params
}

/// The server's side of TLS, with a certificate that an authority has signed.
pub fn acceptor(params: &CertificateParams, issuer: &Issuer) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    // Advertises HTTP/2, which the client must not select.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

pub fn ok() -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nX-request-id: {REQUEST_ID}\r\nContent-Length: 2\r\n\r\n{{}}").into_bytes()
}

/// A server that is valid except for its certificate.
async fn server(params: &CertificateParams, issuer: &Issuer) -> RawServer {
    let acceptor = acceptor(params, issuer);
    RawServer::start(move |connection| {
        let acceptor = acceptor.clone();
        async move {
            let Some(mut connection) = connection.secure(&acceptor).await else { return };
            connection.request().await;
            connection.send(&ok()).await;
            connection.close().await;
        }
    })
    .await
}

fn to(server: &RawServer) -> ClientBuilder {
    let endpoint = format!("https://localhost:{}", server.port());
    Client::builder().endpoint(endpoint).token(TOKEN).timeout(TIMEOUT).retry(without_delays().attempts(2))
}

async fn refused(server: &RawServer, builder: ClientBuilder) -> Error {
    let error = bounded(create(&builder.build().unwrap())).await.unwrap_err();
    let message = format!(
        "no connection to https://localhost:{}: TLS handshake failed, for example because the certificate is not trusted",
        server.port()
    );
    assert_no_response(&error, ErrorKind::Connect, &message);
    // A handshake sends no secrets, so it can be retried.
    assert_eq!((server.connections(), server.request_count(), error.attempts()), (2, 0, 2));
    assert!(!server.received().contains(TOKEN));
    error
}

#[tokio::test]
async fn a_trusted_certificate_is_accepted() {
    let authority = authority();
    for host in ["localhost", "127.0.0.1"] {
        let server = server(&certificate(host), &authority).await;
        let client = to(&server).endpoint(format!("https://{host}:{}", server.port()));
        let created = bounded(create(&client.root_certificates(authority.pem()).build().unwrap())).await.unwrap();
        assert_eq!(created.request_id().unwrap().as_str(), REQUEST_ID);
        assert_eq!((server.connections(), server.request_count(), created.attempts()), (1, 1, 1));
        assert!(server.received().contains(TOKEN));
    }
}

#[tokio::test]
async fn several_root_certificates_are_accepted() {
    let authorities = [authority(), authority()];
    let bundle = format!("{}{}", authority().pem(), authorities[0].pem());
    for authority in &authorities {
        let server = server(&certificate("localhost"), authority).await;
        let client = to(&server).root_certificates(&bundle).root_certificates(authorities[1].pem().trim_end());
        assert_eq!(bounded(create(&client.build().unwrap())).await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn an_expired_certificate_is_rejected() {
    let authority = authority();
    let mut expired = certificate("localhost");
    expired.not_after = date_time_ymd(2020, 1, 2);
    let server = server(&expired, &authority).await;
    let error = refused(&server, to(&server).root_certificates(authority.pem())).await;
    assert!(causes(&error).contains("certificate expired"), "{}", causes(&error));
}

#[tokio::test]
async fn a_certificate_of_the_future_is_rejected() {
    let authority = authority();
    let mut early = certificate("localhost");
    early.not_before = date_time_ymd(2110, 1, 1);
    let server = server(&early, &authority).await;
    let error = refused(&server, to(&server).root_certificates(authority.pem())).await;
    assert!(causes(&error).contains("certificate not valid yet"), "{}", causes(&error));
}

#[tokio::test]
async fn a_certificate_of_another_host_is_rejected() {
    let authority = authority();
    let server = server(&certificate("other.example"), &authority).await;
    let error = refused(&server, to(&server).root_certificates(authority.pem())).await;
    assert!(causes(&error).contains("certificate not valid for name \"localhost\""), "{}", causes(&error));
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_rejected() {
    let server = server(&certificate("localhost"), &authority()).await;
    let error = refused(&server, to(&server)).await;
    assert!(causes(&error).contains("UnknownIssuer"), "{}", causes(&error));
    // Another custom authority does not help.
    let server = self::server(&certificate("localhost"), &authority()).await;
    refused(&server, to(&server).root_certificates(authority().pem())).await;
}

#[tokio::test]
async fn a_server_without_tls_is_an_error() {
    let server = RawServer::start(|mut connection| async move {
        connection.request_bytes(1).await;
        connection.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
        connection.close().await;
    })
    .await;
    refused(&server, to(&server)).await;
}

#[tokio::test]
async fn a_broken_handshake_is_retried() {
    let authority = authority();
    let acceptor = acceptor(&certificate("localhost"), &authority);
    let server = RawServer::start(move |mut connection| {
        let acceptor = acceptor.clone();
        async move {
            if connection.is_first() {
                return connection.request_bytes(1).await;
            }
            let mut connection = connection.secure(&acceptor).await.unwrap();
            connection.request().await;
            connection.send(&ok()).await;
            connection.close().await;
        }
    })
    .await;
    let client = to(&server).root_certificates(authority.pem()).build().unwrap();
    assert_eq!(bounded(create(&client)).await.unwrap().attempts(), 2);
    assert_eq!((server.connections(), server.request_count()), (2, 1));
}
