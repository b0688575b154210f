package dev.lora4j.diffusion.preference;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataProblem;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pairs of pictures of one prompt each. Both pictures of a pair have one index, caption and fit, so
 * that the same seed draws them together.
 *
 * @param better the better ones, and the problems of all
 * @param worse the worse ones, in the same order
 */
public record PicturePairs(DataSet better, DataSet worse) {
  /** Purpose of the order in which prompts are held out, among all that a seed is for. */
  private static final long HELD_OUT = 0x70616972L;

  /**
   * Surveys the pairs of a folder with the folders {@code better} and {@code worse}, or of a list
   * of lines of JSON. Nothing is thrown for what is wrong with a pair: it is among the problems of
   * {@link #better}, by its row or name.
   */
  public static PicturePairs survey(Path pairs, PairSettings settings) {
    PairRows rows;
    DataGroup group;
    if (Files.isDirectory(pairs)) {
      group = settings.group(pairs.resolve(PairRows.BETTER));
      rows =
          PairFolder.is(pairs)
              ? PairFolder.rows(pairs, group)
              : new PairRows(
                  List.of(),
                  List.of(
                      DataProblem.error(
                          pairs,
                          "has no folders better and worse; expected pictures of the same names in"
                              + " both.")));
    } else {
      rows = PairRows.list(pairs);
      group = settings.group(pairs.toAbsolutePath().resolveSibling("."));
    }
    PairChecks checks = new PairChecks(group, rows.problems());
    rows.rows().forEach(checks::add);
    Set<String> held = heldOut(checks.better(), settings);
    List<DataItem> better = marked(checks.better(), held);
    List<DataProblem> problems = new ArrayList<>(checks.problems());
    if (problems.stream().noneMatch(DataProblem::isError)
        && better.stream().allMatch(DataItem::validation)) {
      problems.add(
          DataProblem.error(
              pairs, "has no pair left to train on, as all are held out; hold out fewer."));
    }
    return new PicturePairs(
        new DataSet(better, problems, List.of(group)),
        new DataSet(marked(checks.worse(), held), List.of(), List.of(group)));
  }

  /**
   * Prompts that are held out: whole ones, so that no pair is judged whose prompt was trained on,
   * until the share is reached.
   */
  private static Set<String> heldOut(List<DataItem> better, PairSettings settings) {
    long wanted = Math.round(settings.heldOut() * better.size());
    Map<String, Long> prompts = new LinkedHashMap<>();
    better.forEach(item -> prompts.merge(item.caption(), 1L, Long::sum));
    List<String> order =
        prompts.keySet().stream()
            .sorted(
                Comparator.comparingDouble((String prompt) -> lot(prompt, settings.seed()))
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    Set<String> held = new HashSet<>();
    long count = 0;
    for (String prompt : order) {
      if (count < wanted) {
        held.add(prompt);
        count += prompts.getOrDefault(prompt, 0L);
      }
    }
    return held;
  }

  private static List<DataItem> marked(List<DataItem> items, Set<String> held) {
    return items.stream().map(i -> held.contains(i.caption()) ? i.heldOut() : i).toList();
  }

  private static double lot(String prompt, long seed) {
    String digest = Digests.hex(prompt.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    return SeededNoise.of(seed, HELD_OUT, Long.parseUnsignedLong(digest, 16)).uniform();
  }

  /**
   * Returns these if they can be trained on.
   *
   * @param unit of the sides of the base's pictures
   * @throws dev.lora4j.diffusion.dataset.DataSetException with all errors
   */
  public PicturePairs usable(int unit) {
    better.inUnits(unit).usable();
    return this;
  }
}
