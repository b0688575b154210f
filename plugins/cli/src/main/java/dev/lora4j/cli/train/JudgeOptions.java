package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of pairs that judges make. */
final class JudgeOptions {
  /** Those that refine {@code --judge}. */
  static final List<String> REFINING = List.of("--prompts", "--samples", "--per-prompt");

  /** Options by their long names, as help has them. */
  static final List<String> NAMES = List.of("judge", "prompts", "samples", "per-prompt");

  @Option(
      names = "--judge",
      paramLabel = "NAME",
      description =
          "Draw pictures and let a judge of the command evaluate say which are better: concept, or"
              + " a style, ink, glossy, pixel or flat. May be given several times; their scores are added.")
  private List<PairJudge.Kind> judges = new ArrayList<>();

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description =
          "Text file with a prompt in each line to draw (default: concepts of the bundled base that"
              + " are not held out for scores).")
  private Optional<Path> prompts = Optional.empty();

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "How many prompts are drawn, each for one pair (default: 64, or all of --prompts).")
  private Optional<Integer> samples = Optional.empty();

  @Option(
      names = "--per-prompt",
      paramLabel = "N",
      description =
          "Pictures of each prompt, of which the best and the worst become a pair (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "4")
  private int perPrompt = 4;

  private static final int USUAL = 64;

  boolean judges() {
    return !judges.isEmpty();
  }

  List<PairJudge.Kind> kinds() {
    return judges.stream().distinct().toList();
  }

  int perPrompt() {
    if (perPrompt < 2) {
      throw Failure.usage("--per-prompt must be at least 2, found " + perPrompt + ".");
    }
    return perPrompt;
  }

  /** The prompts to draw, in an order of the seed. */
  List<String> drawn(long seed) {
    List<String> all = prompts.map(TeacherPrompts::of).orElseGet(TeacherPrompts::bundled);
    int count = samples.orElse(prompts.isPresent() ? all.size() : USUAL);
    if (count < 1) {
      throw Failure.usage("--samples must be at least 1, found " + count + ".");
    }
    if (count > all.size()) {
      throw Failure.usage(
          "There are "
              + all.size()
              + " prompts, so --samples cannot be "
              + count
              + "; --per-prompt draws more pictures of each.");
    }
    return TeacherPrompts.some(all, count, seed);
  }
}
