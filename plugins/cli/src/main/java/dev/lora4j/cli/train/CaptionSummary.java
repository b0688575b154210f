package dev.lora4j.cli.train;

import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.diffusion.dataset.Picture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Summary of the captions of a training set, in a few lines to read before hours of training. */
final class CaptionSummary {
  private static final int MOST = 8;

  private final List<Picture> pictures;

  CaptionSummary(List<Picture> pictures) {
    this.pictures = pictures;
  }

  /** The summary. */
  String summary() {
    long fromFiles = pictures.stream().filter(CaptionSummary::hasText).count();
    long fromNames = pictures.size() - fromFiles;
    long empty = pictures.stream().filter(p -> p.caption().isBlank()).count();
    double words =
        pictures.stream().mapToInt(p -> p.caption().split("\\s+", -1).length).average().orElse(0);
    StringBuilder text = new StringBuilder();
    text.append(pictures.size()).append(pictures.size() == 1 ? " picture" : " pictures");
    text.append(String.format(Locale.ROOT, ", captions of %.1f words on average", words));
    if (fromNames > 0) {
      text.append("; ").append(fromNames).append(" without a .txt file captioned by their name");
    }
    if (empty > 0) {
      text.append("; ").append(empty).append(" with an empty caption");
    }
    text.append(".\nMost frequent: ").append(frequent()).append('.');
    text.append("\nFirst: ").append(pictures.get(0).caption().lines().findFirst().orElse(""));
    return text.toString();
  }

  private String frequent() {
    Map<String, Integer> counts = new HashMap<>();
    for (Picture picture : pictures) {
      for (String word : picture.caption().toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)) {
        if (word.length() > 2) {
          counts.merge(word, 1, Integer::sum);
        }
      }
    }
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MOST)
        .map(e -> e.getKey() + " (" + e.getValue() + ")")
        .collect(Collectors.joining(", "));
  }

  private static boolean hasText(Picture picture) {
    return Files.exists(OutputFile.beside(Path.of(picture.name()), ".txt"));
  }
}
