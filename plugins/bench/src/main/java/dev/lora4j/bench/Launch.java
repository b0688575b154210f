package dev.lora4j.bench;

import dev.lora4j.cli.console.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A contender whose work is to be started: the time from there until it prints a line. */
public final class Launch implements Contender {
  private final String name;
  private final List<String> command;
  private final int threads;
  private final String line;
  private final PeerEnvironment environment;

  Launch(String name, List<String> command, int threads, String line, PeerEnvironment environment) {
    this.name = name;
    this.command = List.copyOf(command);
    this.threads = threads;
    this.line = line;
    this.environment = environment;
  }

  @Override
  public String name() {
    return name;
  }

  /** Checks only that it prints the line. */
  @Override
  public double[] check() {
    launch();
    return new double[] {1};
  }

  private void launch() {
    ProcessBuilder builder =
        environment.process(command, threads).redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        if (out.lines().noneMatch(line::equals)) {
          throw new Failure(
              name
                  + " ended without the line '"
                  + line
                  + "'; "
                  + String.join(" ", command)
                  + " tells why.");
        }
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new Failure(name + " cannot be started: " + e.getMessage() + ".", e);
    }
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::launch);
  }

  @Override
  public void close() {}
}
