package dev.lora4j.bench.server;

import dev.lora4j.bench.ResidentMemory;
import dev.lora4j.cli.console.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, which tells its address in a line. Who starts it closes it. */
final class ServerProcess implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+\\S*");

  /** Time in which a server loads its base and a thousand adapters. */
  private static final Duration START = Duration.ofMinutes(15);

  private static final long PARTING_SECONDS = 20;
  private static final int KEPT_LINES = 5;

  private final String name;
  private final Process process;
  private final URI address;

  private ServerProcess(String name, Process process, URI address) {
    this.name = name;
    this.process = process;
    this.address = address;
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @throws Failure if it ends before that, with its last lines
   */
  static ServerProcess start(String name, ProcessBuilder prepared) {
    Process process;
    try {
      process = prepared.redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new Failure("The server " + name + " cannot be started: " + e.getMessage() + ".", e);
    }
    BlockingQueue<Optional<URI>> found = new LinkedBlockingQueue<>();
    Deque<String> lines = new ArrayDeque<>();
    Thread listener = new Thread(() -> listen(process, lines, found), "server-lines");
    listener.setDaemon(true);
    listener.start();
    try {
      Optional<URI> address = found.poll(START.toSeconds(), TimeUnit.SECONDS);
      if (address != null && address.isPresent()) {
        return new ServerProcess(name, process, address.get());
      }
      process.destroyForcibly();
      synchronized (lines) {
        throw new Failure(
            "The server "
                + name
                + (address == null ? " did not listen in time" : " ended before it listened")
                + (lines.isEmpty() ? "." : ". It said: " + String.join(" | ", lines)));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new CancellationException("Interrupted while " + name + " started.");
    }
  }

  private static void listen(
      Process process, Deque<String> lines, BlockingQueue<Optional<URI>> found) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (lines) {
          lines.addLast(line);
          if (lines.size() > KEPT_LINES) {
            lines.removeFirst();
          }
        }
        Matcher address = ADDRESS.matcher(line);
        if (address.find()) {
          found.add(Optional.of(URI.create(address.group().replaceFirst("[.,]+$", ""))));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // The stream of a process that was ended.
    } finally {
      found.add(Optional.empty());
    }
  }

  /** Name of the server. */
  String name() {
    return name;
  }

  /** Where it listens; its fragment may have a key. */
  URI address() {
    return address;
  }

  /** Processor time that it has used; empty where the system does not tell. */
  Optional<Duration> processorTime() {
    return process.info().totalCpuDuration();
  }

  /** Memory in use, in bytes; empty where the system does not tell. */
  OptionalLong resident() {
    return ResidentMemory.now(process.pid());
  }

  /** The most memory that it had, in bytes; likewise. */
  OptionalLong peakMemory() {
    return ResidentMemory.peak(process.pid());
  }

  /** Asks it to end, and ends it if it takes too long. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PARTING_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
