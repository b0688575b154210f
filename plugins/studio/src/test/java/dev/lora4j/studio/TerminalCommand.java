package dev.lora4j.studio;

import dev.lora4j.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command that is started beside a studio, as in a terminal. */
public final class TerminalCommand {
  private TerminalCommand() {}

  /** Starts it in a folder. */
  public static Process start(Path folder, File output, String... words) throws IOException {
    return new ProcessBuilder(java(Main.class.getName(), words))
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output)
        .start();
  }

  /**
   * Runs one in this process, where it costs no start of its own.
   *
   * @throws AssertionError if it fails
   */
  public static void here(String... words) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream all = new PrintStream(said, true, StandardCharsets.UTF_8);
    if (Main.run(all, all, words) != 0) {
      throw new AssertionError(said.toString(StandardCharsets.UTF_8));
    }
  }

  /** The words that start a class of the tests or of the program in a Java machine of its own. */
  public static List<String> java(String main, String... words) {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    all.add("-Dai.djl.offline=true");
    all.add("-Djava.awt.headless=true");
    all.add("-XX:TieredStopAtLevel=1");
    all.add("-cp");
    all.add(System.getProperty("java.class.path"));
    all.add(main);
    all.addAll(List.of(words));
    return all;
  }
}
