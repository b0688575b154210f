package dev.lora4j.hub.command;

import dev.lora4j.cli.Main;
import dev.lora4j.hub.HubServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command in a process of its own. */
record PullProcess(Process process, Path said) implements AutoCloseable {
  static PullProcess start(HubServer server, Path library, Path said, String... words)
      throws IOException {
    String java =
        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
    List<String> command =
        new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1", "-Dai.djl.offline=true", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.addAll(
        List.of(Main.class.getName(), "pull", "--to=" + library, "--hf-endpoint=" + server.hub()));
    command.addAll(List.of(words));
    return new PullProcess(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start(),
        said);
  }

  String text() throws IOException {
    return Files.readString(said);
  }

  /** Waits for the end. */
  int code() throws Exception {
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      throw new AssertionError("does not end: " + text());
    }
    return process.exitValue();
  }

  /** Waits until a server was asked for a path so many times. */
  void awaitRequests(HubServer server, String path, int count) throws Exception {
    long until = System.nanoTime() + 60_000_000_000L;
    while (server.seen(path).size() < count) {
      if (!process.isAlive() || System.nanoTime() > until) {
        throw new AssertionError("asks for nothing: " + text());
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
