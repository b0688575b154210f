package dev.lora4j.bench.methods;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that trains nothing: its scores follow from the rate and the seed, MiSS has no form in
 * kohya's layout, and a rate above 0.02 fails. It counts its starts in a file.
 */
final class PretendedProgram {
  static final String COUNT = "lora4j.pretended.count";

  private PretendedProgram() {}

  static ProcessBuilder prepared(Path count, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-D" + COUNT + "=" + count);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(PretendedProgram.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }

  public static void main(String... words) throws IOException {
    List<String> all = List.of(words);
    Files.writeString(
        Path.of(System.getProperty(COUNT)),
        String.join(" ", all) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    switch (words[0]) {
      case "plan" -> {
        if (all.contains("miss") && all.contains("layout=kohya")) {
          System.err.println("miss has no form in this layout");
          System.exit(1);
        }
        if (Integer.parseInt(after(all, "--steps")) < 4) {
          System.err.println("a method restarts more often than this run has steps");
          System.exit(1);
        }
        System.out.println("{}");
      }
      case "train" -> train(all);
      case "text" -> {
        if (all.contains("train")) {
          if (all.contains("full") && !all.contains("kohya")) {
            System.err.println("full has no form in this layout");
            System.exit(1);
          }
          train(all);
        } else {
          System.out.println("{\"adapters\": 20}");
        }
      }
      default -> evaluate(all);
    }
  }

  private static String after(List<String> words, String option) {
    return words.get(words.indexOf(option) + 1);
  }

  private static void train(List<String> words) throws IOException {
    double rate = Double.parseDouble(after(words, "--lr"));
    if (rate > 0.02) {
      System.err.println("the loss is not finite");
      System.exit(1);
    }
    Path out = Path.of(after(words, "-o"));
    Path run = out.resolveSibling("adapter.run");
    Files.createDirectories(run);
    Files.writeString(out.resolveSibling("rate.txt"), rate + " " + after(words, "--seed"));
    if (words.contains("layout=peft")) {
      Files.createDirectories(out);
      Files.write(out.resolve("adapter_model.safetensors"), new byte[2000]);
    } else {
      Files.write(out, new byte[1000]);
    }
    double seconds = words.contains("miss") ? 0.05 : 0.1;
    StringBuilder table =
        new StringBuilder("step,loss,gradient_norm,learning_rate,validation_loss,seconds\n");
    for (int step = 1; step <= 4; step++) {
      table.append(step).append(",1,1,1,,").append(step < 2 ? 0 : 9 + step * seconds).append('\n');
    }
    Files.writeString(run.resolve("log.csv"), table);
    System.out.printf(
        "{\"trained\": 500, \"run\": \"%s\", \"peakMemory\": 1000000000}%n",
        run.toString().replace("\\", "/"));
  }

  private static void evaluate(List<String> words) throws IOException {
    String lora = after(words, "--lora");
    Path adapter = Path.of(lora.replaceFirst(":rank=.*", ""));
    String[] kept = Files.readString(adapter.resolveSibling("rate.txt")).split(" ", -1);
    // Best at 3e-3; a cut costs a tenth, a seed two hundredths.
    double off = Math.abs(Math.log10(Double.parseDouble(kept[0]) / 3e-3));
    double score =
        0.9 - 0.2 * off - (lora.contains(":rank=") ? 0.1 : 0) - 0.02 * Integer.parseInt(kept[1]);
    System.out.printf(
        java.util.Locale.ROOT,
        "{\"style_accuracy\": {\"with\": %1$f}, \"concept_top10\": {\"adapter\": %1$f},"
            + " \"truth_top1\": {\"adapter\": %1$f}}%n",
        score);
  }
}
