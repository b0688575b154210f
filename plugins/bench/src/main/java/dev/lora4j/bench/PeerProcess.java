package dev.lora4j.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.cli.console.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A contender that is another program. It starts once and stays, so that it is warm when its turn
 * comes, and idles while others have theirs.
 *
 * <p>The two speak in lines of UTF-8. Each answer is one JSON object on the peer's stdout; an
 * object with a string {@code error} ends the race with that text. Other messages of the peer
 * belong on its stderr, whose end is shown if it dies.
 *
 * <table>
 *   <caption>Requests and answers</caption>
 *   <tr><th>request</th><th>answer</th></tr>
 *   <tr><td>none: it has started and is ready</td>
 *       <td><code>{"name": "PyTorch 2.7.1"}</code></td></tr>
 *   <tr><td>{@code check}</td>
 *       <td><code>{"values": [0.53, 0.52]}</code>, what it computes from the beginning</td></tr>
 *   <tr><td>{@code run N}</td>
 *       <td><code>{"seconds": [0.031, ...]}</code>, the time of each of N units</td></tr>
 *   <tr><td>end of input</td><td>none: it ends</td></tr>
 * </table>
 */
public final class PeerProcess implements Contender {
  /** Time limit of the start, in which the peer imports what it needs, and reads its inputs. */
  private static final Duration START = Duration.ofMinutes(10);

  private static final Duration WORK = Duration.ofHours(1);
  private static final long PARTING_SECONDS = 5;
  private static final int KEPT_LINES = 5;

  private final String program;
  private final Process process;
  private final Writer requests;

  /** Answers, and an empty one when there will be no more. */
  private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();

  private final Deque<String> complaints = new ArrayDeque<>();
  private final Thread listener;
  private String name = "";

  private PeerProcess(String program, Process process) {
    this.program = program;
    this.process = process;
    this.requests = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    daemon(process.getInputStream(), line -> answers.add(Optional.of(line)), true);
    this.listener = daemon(process.getErrorStream(), this::keep, false);
  }

  /**
   * Starts a peer that is another program and waits until it is ready.
   *
   * @param command the program and its arguments
   * @param threads how many OpenMP is to use in it
   * @throws Failure if it cannot be started, or reports that it cannot do the work
   */
  public static PeerProcess start(List<String> command, int threads) {
    return start(command, threads, PeerEnvironment.THEIRS);
  }

  static PeerProcess start(List<String> command, int threads, PeerEnvironment environment) {
    return start(environment.process(command, threads));
  }

  /** Starts a peer as it was prepared, and waits until it is ready. */
  static PeerProcess start(ProcessBuilder prepared) {
    String program = prepared.command().get(0);
    Process process;
    try {
      process = prepared.start();
    } catch (IOException e) {
      throw new Failure(
          "The peer "
              + program
              + " cannot be started: "
              + e.getMessage()
              + ". Name a Python interpreter that has PyTorch, for example --peer"
              + " venv/bin/python.",
          e);
    }
    PeerProcess peer = new PeerProcess(program, process);
    try {
      peer.name = peer.text(peer.answer("its start", START), "name");
      return peer;
    } catch (RuntimeException e) {
      peer.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double[] check() {
    return numbers(ask("check"), "values");
  }

  @Override
  public double[] run(int units) {
    double[] seconds = numbers(ask("run " + units), "seconds");
    if (seconds.length != units) {
      throw new Failure(
          "The peer " + program + " was asked for " + units + " units and timed " + seconds.length);
    }
    return seconds;
  }

  @Override
  public OptionalLong peakMemory() {
    return ResidentMemory.peak(process.pid());
  }

  private JsonObject ask(String request) {
    try {
      requests.write(request + "\n");
      requests.flush();
    } catch (IOException e) {
      // It has ended, which the answer that does not come explains better.
    }
    return answer("'" + request + "'", WORK);
  }

  private JsonObject answer(String question, Duration patience) {
    Optional<String> line = next(question, patience);
    if (line.isEmpty()) {
      throw new Failure("The peer " + program + " ended without an answer to " + question + end());
    }
    JsonObject answer;
    try {
      answer = JsonParser.parseString(line.get()).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new Failure(
          "The peer "
              + program
              + " answered "
              + question
              + " with '"
              + shortened(line.get())
              + "'; one JSON object in a line was expected.",
          e);
    }
    if (answer.has("error")) {
      throw new Failure(text(answer, "error"));
    }
    return answer;
  }

  private Optional<String> next(String question, Duration patience) {
    try {
      Optional<String> line = answers.poll(patience.toSeconds(), TimeUnit.SECONDS);
      if (line == null) {
        throw new Failure(
            "The peer "
                + program
                + " gave no answer to "
                + question
                + " for "
                + patience.toMinutes()
                + " minutes.");
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("Interrupted while " + program + " was at work.");
    }
  }

  /** Exit code of the process, and its last complaints. */
  private String end() {
    try {
      listener.join(TimeUnit.SECONDS.toMillis(PARTING_SECONDS));
      boolean ended = process.waitFor(PARTING_SECONDS, TimeUnit.SECONDS);
      String code = ended ? ", with exit code " + process.exitValue() : "";
      synchronized (complaints) {
        return code + (complaints.isEmpty() ? "." : ". It said: " + String.join(" | ", complaints));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ".";
    }
  }

  private String text(JsonObject answer, String key) {
    JsonElement value = answer.get(key);
    if (value == null || !value.isJsonPrimitive()) {
      throw unexpected(answer, key);
    }
    return value.getAsString();
  }

  private double[] numbers(JsonObject answer, String key) {
    if (!(answer.get(key) instanceof JsonArray array)) {
      throw unexpected(answer, key);
    }
    double[] numbers = new double[array.size()];
    try {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = array.get(i).getAsDouble();
      }
      return numbers;
    } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
      throw unexpected(answer, key);
    }
  }

  private Failure unexpected(JsonObject answer, String key) {
    return new Failure(
        "The peer "
            + program
            + " answered "
            + shortened(answer.toString())
            + ", in which '"
            + key
            + "' was expected.");
  }

  private static String shortened(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "..." : text;
  }

  private void keep(String line) {
    synchronized (complaints) {
      complaints.addLast(shortened(line));
      if (complaints.size() > KEPT_LINES) {
        complaints.removeFirst();
      }
    }
  }

  private Thread daemon(
      InputStream in, java.util.function.Consumer<String> each, boolean answering) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                reader.lines().forEach(each);
              } catch (IOException | java.io.UncheckedIOException e) {
                // The stream of a process that was ended.
              } finally {
                if (answering) {
                  answers.add(Optional.empty());
                }
              }
            },
            "peer-" + (answering ? "answers" : "complaints"));
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Lets it end by itself for a moment, then ends it. */
  @Override
  public void close() {
    try {
      requests.close();
    } catch (IOException e) {
      // It has ended already.
    }
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
