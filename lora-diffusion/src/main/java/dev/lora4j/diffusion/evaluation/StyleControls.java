package dev.lora4j.diffusion.evaluation;

import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.judge.ControlPictures;
import dev.lora4j.diffusion.judge.JudgedSample;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.diffusion.judge.PictureJudgement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Controls that are the same for each picture of a concept, so that each is judged once.
 *
 * @param flat true pictures in a style that the base knows, by concept; may be empty
 */
record StyleControls(Judges judges, JudgedStyle style, Map<Integer, Picture> flat) {
  /**
   * Judgements by kind.
   *
   * @param concepts of the pictures that are scored, of each
   */
  Map<String, List<PictureJudgement>> judged(List<Integer> concepts) {
    Map<String, List<PictureJudgement>> kinds = new LinkedHashMap<>();
    kinds.put("mean of the style", judged(concepts, c -> style.mean()));
    Picture blank = ControlPictures.blank(style.mean().width(), style.mean().height());
    if (!style.truths().isEmpty()) {
      TreeMap<Integer, Picture> truths = new TreeMap<>(style.truths());
      kinds.put("another's truth", judged(concepts, c -> another(truths, c)));
      List<Integer> drawn = concepts.stream().filter(flat::containsKey).toList();
      kinds.put(
          "flat truth desaturated",
          judged(drawn, c -> ControlPictures.desaturated(truth(flat, c))));
      kinds.put("blank page", judged(concepts, c -> blank));
      kinds.put("the truth itself", judged(concepts, c -> truth(truths, c)));
    } else {
      kinds.put("blank page", judged(concepts, c -> blank));
    }
    return kinds;
  }

  private List<PictureJudgement> judged(List<Integer> concepts, IntFunction<Picture> picture) {
    List<Integer> each = concepts.stream().distinct().toList();
    List<JudgedSample> shown = new ArrayList<>();
    each.forEach(concept -> shown.add(new JudgedSample(picture.apply(concept), concept)));
    List<PictureJudgement> said = judges.judge(shown, style.criteria());
    Map<Integer, PictureJudgement> byConcept = new HashMap<>();
    for (int i = 0; i < each.size(); i++) {
      byConcept.put(each.get(i), said.get(i));
    }
    return concepts.stream().map(c -> Optional.ofNullable(byConcept.get(c)).orElseThrow()).toList();
  }

  private static Picture truth(Map<Integer, Picture> truths, int concept) {
    return Optional.ofNullable(truths.get(concept)).orElseThrow();
  }

  /** The truth of the next concept, around in a circle. */
  private static Picture another(TreeMap<Integer, Picture> truths, int concept) {
    return Optional.ofNullable(truths.higherEntry(concept))
        .orElseGet(truths::firstEntry)
        .getValue();
  }
}
