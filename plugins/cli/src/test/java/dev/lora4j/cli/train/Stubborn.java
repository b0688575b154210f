package dev.lora4j.cli.train;

import dev.lora4j.cli.Interruption;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program that works on whatever it is asked, as one in a native call of hours does. */
public final class Stubborn {
  private Stubborn() {}

  /**
   * Works on.
   *
   * @param arguments the file that it makes when it has begun
   */
  @SuppressWarnings("ThreadPriorityCheck") // it is only to be there
  public static void main(String[] arguments) throws Exception {
    Interruption.ofThisThread();
    Files.createFile(Path.of(arguments[0]));
    while (Files.exists(Path.of(arguments[0]))) {
      Thread.yield();
      Thread.onSpinWait();
    }
  }
}
