package dev.lora4j.bench.methods;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.cli.console.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Runs command lines of this program in processes of their own, so that each has its memory. */
final class ChildCommand {
  private static final int KEPT_LINES = 6;
  private static final long PARTING_SECONDS = 60;

  private final Function<String[], ProcessBuilder> program;

  /**
   * Starts nothing yet.
   *
   * @param program this program with arguments, yet to be started
   */
  ChildCommand(Function<String[], ProcessBuilder> program) {
    this.program = program;
  }

  /**
   * Runs it to its end.
   *
   * @return the JSON object that it prints
   * @throws Refused if it ends with another code than 0, or prints something else
   */
  JsonObject run(List<String> words) {
    Process process = start(words);
    Deque<String> said = new ArrayDeque<>();
    Thread listener = new Thread(() -> keep(process.getErrorStream(), said), "child-notes");
    listener.setDaemon(true);
    listener.start();
    try {
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      listener.join();
      if (code != 0) {
        throw new Refused(words, said);
      }
      return JsonParser.parseString(out).getAsJsonObject();
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw new Failure(line(words) + " reports no JSON object: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      end(process);
      Thread.currentThread().interrupt();
      throw new CancellationException("Stopped; the same command goes on.");
    } finally {
      process.destroyForcibly();
    }
  }

  private Process start(List<String> words) {
    try {
      Process process = program.apply(words.toArray(String[]::new)).start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      throw new Failure(line(words) + " cannot be started: " + e.getMessage(), e);
    }
  }

  private static void keep(InputStream stream, Deque<String> said) {
    try (Scanner lines = new Scanner(stream, StandardCharsets.UTF_8)) {
      while (lines.hasNextLine()) {
        said.addLast(lines.nextLine());
        if (said.size() > KEPT_LINES) {
          said.removeFirst();
        }
      }
    }
  }

  /** Asks it to end, so that a training keeps its checkpoint. */
  private static void end(Process process) {
    process.destroy();
    try {
      process.waitFor(PARTING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String line(List<String> words) {
    return "'lora4j " + String.join(" ", words) + "'";
  }

  /** A command line that did not do its work. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(List<String> words, Deque<String> said) {
      super(line(words) + " failed: " + String.join(" ", new ArrayList<>(said)));
    }
  }
}
