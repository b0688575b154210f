package dev.lora4j.bench;

import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A contender of this program in a process of its own, so that its threads are not in the way of
 * ours: OpenMP's helpers wait awake only while there are no more of them in a process than
 * processors. This is the side that answers; see {@link PeerProcess}.
 */
public final class JavaPeer {
  private static final Gson JSON = new Gson();
  private static final Pattern RUN = Pattern.compile("run (\\d{1,9})");

  private JavaPeer() {}

  /** The command that starts {@code type}, which has a public constructor for one string. */
  static List<String> command(Class<? extends Contender> type, String argument, int threads) {
    return java(JavaPeer.class, threads, type.getName(), argument);
  }

  /** The command that starts {@code main} with what this process was started with. */
  static List<String> java(Class<?> main, int threads, String... arguments) {
    // The measurement includes the heap's settings for returning memory, which the launcher sets.
    return command("-Xmn.*|-XX:(\\+Use.*GC|.*HeapFreeRatio.*)", main, threads, arguments);
  }

  /** The same with all settings of the Java machine, as its launcher starts the whole program. */
  static List<String> launched(Class<?> main, int threads, String... arguments) {
    return command("-X.*|-Djava\\.awt\\..*", main, threads, arguments);
  }

  private static List<String> command(
      String settings, Class<?> main, int threads, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(o -> o.matches(settings))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Dai.djl.offline=true",
            "-Dai.djl.pytorch.num_threads=" + threads,
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Answers until there are no more requests. */
  public static void main(String... arguments) throws IOException {
    // Whatever else is printed goes to stderr, so that it cannot be taken for an answer.
    PrintStream answers = System.out;
    System.setOut(System.err);
    try (Contender contender = contender(arguments[0], arguments[1])) {
      answer(answers, Map.of("name", contender.name()));
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        answer(answers, answerTo(line, contender));
      }
    } catch (RuntimeException e) {
      answer(answers, Map.of("error", String.valueOf(e.getMessage())));
    }
  }

  private static Map<String, Object> answerTo(String request, Contender contender) {
    Matcher run = RUN.matcher(request);
    if (run.matches()) {
      return Map.of("seconds", contender.run(Integer.parseInt(run.group(1))));
    }
    return request.equals("check")
        ? Map.of("values", contender.check())
        : Map.of("error", "The peer knows no request '" + request + "'.");
  }

  private static Contender contender(String type, String argument) {
    try {
      return Class.forName(type)
          .asSubclass(Contender.class)
          .getConstructor(String.class)
          .newInstance(argument);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(type + " does not start: " + e.getTargetException(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(type + " is no contender that can be started", e);
    }
  }

  private static void answer(PrintStream answers, Map<String, Object> answer) {
    answers.println(JSON.toJson(answer));
    answers.flush();
  }
}
