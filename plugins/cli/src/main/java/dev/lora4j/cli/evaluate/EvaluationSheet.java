package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.generate.PictureGrid;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.evaluation.JudgedPicture;
import dev.lora4j.diffusion.evaluation.JudgedStyle;
import dev.lora4j.diffusion.judge.ControlPictures;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The pictures of an evaluation side by side: a row for each concept. */
final class EvaluationSheet {
  private static final int ROWS = 40;

  private EvaluationSheet() {}

  /** Draws the first concepts that both have, one picture of each kind; none if there are none. */
  static Optional<BufferedImage> draw(
      JudgedStyle style, List<JudgedPicture> all, Map<Integer, String> names) {
    Map<Integer, JudgedPicture> base = first(style, all, false);
    Map<Integer, JudgedPicture> adapted = first(style, all, true);
    List<String> headings = new ArrayList<>(List.of("base", "adapter"));
    boolean truths = !style.truths().isEmpty();
    if (truths) {
      headings.add("truth");
    }
    headings.addAll(List.of("base, grey", "mean"));
    PictureGrid grid = new PictureGrid(headings);
    if (adapted.keySet().stream().noneMatch(base::containsKey)) {
      return Optional.empty();
    }
    adapted.entrySet().stream()
        .filter(e -> base.containsKey(e.getKey()))
        .limit(ROWS)
        .forEach(
            e -> {
              JudgedPicture plain = Optional.ofNullable(base.get(e.getKey())).orElseThrow();
              List<BufferedImage> row = new ArrayList<>();
              row.add(plain.picture().image());
              row.add(e.getValue().picture().image());
              if (truths) {
                row.add(truth(style, e.getKey()).image());
              }
              row.add(ControlPictures.desaturated(plain.picture()).image());
              row.add(style.mean().image());
              grid.add(names.getOrDefault(e.getKey(), "concept " + e.getKey()), row);
            });
    return Optional.of(grid.draw());
  }

  private static Map<Integer, JudgedPicture> first(
      JudgedStyle style, List<JudgedPicture> all, boolean adapted) {
    Map<Integer, JudgedPicture> first = new LinkedHashMap<>();
    all.stream()
        .filter(p -> p.style().equals(style.name()) && p.adapted() == adapted)
        .forEach(p -> first.putIfAbsent(p.concept(), p));
    return new TreeMap<>(first);
  }

  private static Picture truth(JudgedStyle style, int concept) {
    return Optional.ofNullable(style.truths().get(concept)).orElseThrow();
  }
}
