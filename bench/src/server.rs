//! Servers that are measured from outside, each a process of its own.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::comparison::Outcome;

/// A server that runs until this is dropped.
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    process: Child,
}

impl Server {
    /// Starts `command` and waits until it prints a line that holds its address.
    ///
    /// # Errors
    /// Where it ends before it has.
    pub async fn start(mut command: Command) -> Outcome<Self> {
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let output = process.stdout.take().ok_or("the server's output is not to be had")?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await? {
            let Some(address) = address_in(&line) else { continue };
            // What it prints later is read, too, or it would come to a halt over it.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(Self { address, process });
        }
        let status = process.wait().await?;
        Err(format!("the server ended before it was listening: {status}").into())
    }

    /// How much memory it has now, in MB.
    ///
    /// # Errors
    /// Where Linux does not tell.
    pub fn memory(&self) -> Outcome<f64> {
        self.status("VmRSS:")
    }

    /// The most it had since [`Server::forget_peak`], or since it was started, in MB.
    ///
    /// # Errors
    /// Where Linux does not tell.
    pub fn peak_memory(&self) -> Outcome<f64> {
        self.status("VmHWM:")
    }

    /// From here on the peak counts anew.
    ///
    /// # Errors
    /// Where Linux does not let us.
    pub fn forget_peak(&self) -> Outcome<()> {
        // proc_pid_clear_refs(5): 5 resets the peak resident set size.
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.id()?), "5")?)
    }

    fn id(&self) -> Outcome<u32> {
        self.process.id().ok_or_else(|| "the server has ended".into())
    }

    fn status(&self, name: &str) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id()?))?;
        kilobytes_in(&status, name)
            .map(|kilobytes| kilobytes / 1_000.0)
            .ok_or_else(|| format!("no {name}").into())
    }

    /// Ends it and waits until it has.
    ///
    /// # Errors
    /// Where it was not to be ended.
    pub async fn stop(mut self) -> Outcome<()> {
        self.process.kill().await?;
        Ok(())
    }
}

/// A figure of `/proc/PID/status`; its kB are of 1,024 bytes, ours of 1,000.
fn kilobytes_in(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1.024)
}

fn address_in(line: &str) -> Option<String> {
    let from = line.find("http://127.0.0.1:")?;
    let address = &line[from..];
    let end = address.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(address.len());
    Some(address[..end].trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::{address_in, kilobytes_in};

    #[test]
    fn memory_is_read_in_kilobytes_of_1000() {
        let status = "Name:\tdocket\nVmHWM:\t  100000 kB\nVmRSS:\t   50000 kB\n";
        assert_eq!(kilobytes_in(status, "VmHWM:"), Some(102_400.0));
        assert_eq!(kilobytes_in(status, "VmSwap:"), None);
    }

    #[test]
    fn the_address_is_found_in_a_line_or_a_log_record() {
        for (line, address) in [
            ("listening on http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            (r#"{"message":"open http://127.0.0.1:8080/"}"#, Some("http://127.0.0.1:8080")),
            ("starting", None),
        ] {
            assert_eq!(address_in(line).as_deref(), address);
        }
    }
}
