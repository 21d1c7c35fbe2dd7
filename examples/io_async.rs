//! Work that waits, without threads: tasks that take turns on the one thread there is.
//!
//! `cargo run --features async --example io_async -- --requests 400`

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

async fn ask(server: SocketAddr, question: &str) -> Result<String> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(format!("{question}\n").as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new(stream).take(1000).read_line(&mut answer).await?;
    ensure!(
        answer.ends_with('\n'),
        "the server closed the connection without an answer"
    );
    Ok(answer.trim_end().to_owned())
}

async fn square(server: SocketAddr, number: usize, limit: Duration) -> Result<usize> {
    let answer = timeout(limit, ask(server, &number.to_string()))
        .await
        .with_context(|| format!("no answer within {} ms", limit.as_millis()))??;
    answer.parse().with_context(|| format!("'{answer}' is not a number"))
}

async fn serve(listener: TcpListener, delay: Duration) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(answer(stream, delay))),
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn answer(mut stream: TcpStream, delay: Duration) -> Result<()> {
    let (reader, mut writer) = stream.split();
    let mut question = String::new();
    let mut reader = BufReader::new(reader).take(100);
    reader.read_line(&mut question).await?;
    if let Ok(number) = question.trim_end().parse::<u32>() {
        sleep(delay).await;
        let square = u64::from(number).pow(2);
        writer.write_all(format!("{square}\n").as_bytes()).await?;
    } else {
        reader.read_u8().await?;
    }
    Ok(())
}

/// A task for each number; the sum of what they return.
async fn sum_of<F>(requests: usize, task: impl Fn(usize) -> F) -> Result<usize>
where
    F: Future<Output = Result<usize>> + Send + 'static,
{
    let mut tasks: JoinSet<_> = (0..requests).map(task).collect();
    let mut sum = 0;
    while let Some(result) = tasks.join_next().await {
        sum += result??;
    }
    Ok(sum)
}

async fn report(name: &str, way: impl Future<Output = Result<usize>>) -> Result<()> {
    let start = Instant::now();
    let sum = way.await.with_context(|| name.to_owned())?;
    println!("{name}: the sum is {sum}, after {} ms", start.elapsed().as_millis());
    Ok(())
}

async fn compare(
    requests: usize,
    bound: usize,
    delay: Duration,
    limit: Duration,
) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    let listener = socket.listen(4096)?; // so many may wait to be accepted
    let server = listener.local_addr()?;
    tokio::spawn(serve(listener, delay));

    println!("{requests} requests, each waits {} ms for its answer", delay.as_millis());
    report("a task for each", sum_of(requests, |n| square(server, n, limit))).await?;

    let permits = Arc::new(Semaphore::new(bound));
    let bounded = sum_of(requests, |n| {
        let permits = Arc::clone(&permits);
        async move {
            let _permit = permits.acquire().await?;
            square(server, n, limit).await
        }
    });
    report(&format!("at most {bound} at a time"), bounded).await?;

    let few = requests.min(20);
    let patient = limit + 20 * delay;
    let blocking = sum_of(few, |n| async move {
        thread::sleep(delay); // wrong: nothing else runs on this thread meanwhile
        square(server, n, patient).await
    });
    report(&format!("{few} tasks that block"), blocking).await?;
    Ok(())
}

fn main() -> Result<()> {
    let [requests, bound, delay, timeout] = mp::args([
        ("requests", 20, 1..=5000),
        ("bound", 5, 1..=256),
        ("delay", 50, 1..=1000),
        ("timeout", 5000, 1..=60_000),
    ]);
    let delay = Duration::from_millis(delay as u64);
    let limit = Duration::from_millis(timeout as u64);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(compare(requests, bound, delay, limit))
}
