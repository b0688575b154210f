package dev.lora4j.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command {@code studio} in a process of its own, as a user starts it in a folder. */
final class StudioProcess implements AutoCloseable {
  private static final Pattern ADDRESS =
      Pattern.compile("(http://127\\.0\\.0\\.1:\\d+)/#token=(\\S+)");
  private static final int START_SECONDS = 180;
  private static final int STOP_SECONDS = 30;

  private final Process process;
  private final Path log;
  private final String origin;
  private final String token;

  private StudioProcess(Process process, Path log, String origin, String token) {
    this.process = process;
    this.log = log;
    this.origin = origin;
    this.token = token;
  }

  /** Starts a studio in a folder and waits until it serves. */
  static StudioProcess start(Path folder, String... options) throws Exception {
    Files.createDirectories(folder);
    Path log = Files.createTempFile(folder, "studio", ".log");
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Djava.awt.headless=true", "-Dlora4j.command=./lora4j"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.lora4j.cli.Main"));
    words.addAll(List.of("studio", "--port", "0", "--compute", "f32"));
    words.addAll(List.of(options));
    Process process =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    for (int i = 0; i < START_SECONDS * 10; i++) {
      Matcher matcher = ADDRESS.matcher(Files.readString(log));
      if (matcher.find()) {
        return new StudioProcess(process, log, matcher.group(1), matcher.group(2));
      }
      if (!process.isAlive()) {
        break;
      }
      Thread.sleep(100);
    }
    process.destroyForcibly();
    throw new IOException("The studio did not start: " + Files.readString(log));
  }

  /** The address that it printed. */
  String address() {
    return origin + "/#token=" + token;
  }

  /** Scheme, host and port. */
  String origin() {
    return origin;
  }

  String token() {
    return token;
  }

  int port() {
    return Integer.parseInt(origin.substring(origin.lastIndexOf(':') + 1));
  }

  /** What it said. */
  String said() throws IOException {
    return Files.readString(log);
  }

  /** Ends it as a power cut does; its trainings live on. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().orTimeout(STOP_SECONDS, TimeUnit.SECONDS).exceptionally(e -> gone()).join();
  }

  private Process gone() {
    return process.destroyForcibly();
  }
}
