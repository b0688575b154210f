package dev.lora4j.diffusion.evaluation;

import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.judge.ControlPictures;
import dev.lora4j.diffusion.judge.JudgeCriteria;
import dev.lora4j.diffusion.judge.JudgeScores;
import dev.lora4j.diffusion.judge.JudgedSample;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.diffusion.judge.PictureDistance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Evaluation of pictures of an adapter, of the base and of controls.
 *
 * @param kinds the scores by what the pictures are, the adapter's and the base's first
 * @param variety mean distance of the pictures of one prompt, by kind; without kinds that have one
 *     picture for each prompt
 * @param drift what became of prompts that name another style; empty if there are none
 */
public record StyleEvaluation(
    Map<String, JudgeScores> kinds, Map<String, Double> variety, Optional<Drift> drift) {
  /** Kind of the pictures that the adapter takes part in. */
  public static final String ADAPTER = "adapter";

  /** Kind of the pictures of the base alone. */
  public static final String BASE = "base";

  /** Kind of the base's pictures without colours. */
  public static final String DESATURATED = "base desaturated";

  /**
   * Effect of an adapter on pictures that are not about its style.
   *
   * @param pictures how many prompts there are
   * @param distance mean distance of the adapter's picture from the base's, same prompt and seed
   * @param plain the same for prompts without a style
   * @param leak share in the adapter's style: without the adapter, with it
   * @param kept share in the style that the prompt named: without the adapter, with it; empty if
   *     the classifier does not know that style
   */
  public record Drift(
      int pictures, double distance, double plain, List<Double> leak, List<Double> kept) {}

  /** Copies the maps, in their order. */
  public StyleEvaluation {
    kinds = Collections.unmodifiableMap(new LinkedHashMap<>(kinds));
    variety = Collections.unmodifiableMap(new LinkedHashMap<>(variety));
  }

  /**
   * Scores pictures, of which some must be in the style.
   *
   * @param flat true pictures in a style that the base knows, by concept; may be empty
   */
  public static StyleEvaluation of(
      Judges judges, JudgedStyle style, Map<Integer, Picture> flat, List<JudgedPicture> all) {
    List<JudgedPicture> about = all.stream().filter(p -> p.style().equals(style.name())).toList();
    List<JudgedPicture> adapted = about.stream().filter(JudgedPicture::adapted).toList();
    List<JudgedPicture> base = about.stream().filter(p -> !p.adapted()).toList();
    JudgeCriteria labelled =
        style.label().map(JudgeCriteria.NONE::style).orElse(JudgeCriteria.NONE);
    JudgeCriteria criteria = style.ranking().map(labelled::truths).orElse(labelled);
    Map<String, JudgeScores> kinds = new LinkedHashMap<>();
    pictures(style, flat, adapted, base)
        .forEach(
            (kind, shown) -> {
              if (!shown.isEmpty()) {
                kinds.put(kind, judges.score(shown, criteria));
              }
            });
    Map<String, Double> variety = new LinkedHashMap<>();
    variety(adapted).ifPresent(v -> variety.put(ADAPTER, v));
    variety(base).ifPresent(v -> variety.put(BASE, v));
    List<JudgedPicture> others = all.stream().filter(p -> !p.style().equals(style.name())).toList();
    return new StyleEvaluation(kinds, variety, drift(judges, style, about, others));
  }

  private static Map<String, List<JudgedSample>> pictures(
      JudgedStyle style,
      Map<Integer, Picture> flat,
      List<JudgedPicture> adapted,
      List<JudgedPicture> base) {
    List<JudgedPicture> asked = adapted.isEmpty() ? base : adapted;
    Map<String, List<JudgedSample>> kinds = new LinkedHashMap<>();
    kinds.put(ADAPTER, shown(adapted, JudgedPicture::picture));
    kinds.put(BASE, shown(base, JudgedPicture::picture));
    kinds.put(DESATURATED, shown(base, p -> ControlPictures.desaturated(p.picture())));
    kinds.put("mean of the style", shown(asked, p -> style.mean()));
    if (!style.truths().isEmpty()) {
      Map<Integer, Picture> truths = style.truths();
      kinds.put("another's truth", shown(asked, p -> another(truths, p.concept())));
      List<JudgedPicture> drawn =
          asked.stream().filter(p -> flat.containsKey(p.concept())).toList();
      kinds.put(
          "flat truth desaturated",
          shown(drawn, p -> ControlPictures.desaturated(truth(flat, p.concept()))));
      kinds.put("blank page", shown(asked, p -> blank(style)));
      kinds.put("the truth itself", shown(asked, p -> truth(truths, p.concept())));
    } else {
      kinds.put("blank page", shown(asked, p -> blank(style)));
    }
    return kinds;
  }

  private static List<JudgedSample> shown(
      List<JudgedPicture> asked, Function<JudgedPicture, Picture> picture) {
    return asked.stream().map(p -> p.shown(picture.apply(p))).toList();
  }

  private static Picture blank(JudgedStyle style) {
    return ControlPictures.blank(style.mean().width(), style.mean().height());
  }

  private static Picture truth(Map<Integer, Picture> truths, int concept) {
    return Optional.ofNullable(truths.get(concept)).orElseThrow();
  }

  /** The truth of the next concept, around in a circle. */
  private static Picture another(Map<Integer, Picture> truths, int concept) {
    TreeMap<Integer, Picture> sorted = new TreeMap<>(truths);
    return Optional.ofNullable(sorted.higherEntry(concept))
        .orElseGet(sorted::firstEntry)
        .getValue();
  }

  private static Optional<Double> variety(List<JudgedPicture> pictures) {
    List<Double> each =
        pictures.stream().collect(Collectors.groupingBy(JudgedPicture::concept)).values().stream()
            .filter(some -> some.size() > 1)
            .map(
                some -> PictureDistance.variety(some.stream().map(JudgedPicture::picture).toList()))
            .toList();
    return each.isEmpty() ? Optional.empty() : Optional.of(mean(each));
  }

  private static Optional<Drift> drift(
      Judges judges, JudgedStyle style, List<JudgedPicture> about, List<JudgedPicture> others) {
    List<Picture> without = pictures(others, false);
    List<Picture> with = pictures(others, true);
    List<Double> distances = distances(others);
    if (distances.isEmpty()) {
      return Optional.empty();
    }
    String named = others.get(0).style();
    boolean known = judges.styles().styles().contains(named);
    return Optional.of(
        new Drift(
            distances.size(),
            mean(distances),
            mean(distances(about)),
            style.label().map(l -> shares(judges, l, without, with)).orElse(List.of()),
            known ? shares(judges, named, without, with) : List.of()));
  }

  private static List<Double> shares(
      Judges judges, String label, List<Picture> without, List<Picture> with) {
    return List.of(judges.share(without, label), judges.share(with, label));
  }

  private static List<Picture> pictures(List<JudgedPicture> some, boolean adapted) {
    return some.stream().filter(p -> p.adapted() == adapted).map(JudgedPicture::picture).toList();
  }

  /** Distances of the base's picture from the adapter's, of the same concept and seed. */
  private static List<Double> distances(List<JudgedPicture> some) {
    Map<List<Long>, Picture> base = new LinkedHashMap<>();
    List<Double> distances = new ArrayList<>();
    some.stream()
        .filter(p -> !p.adapted())
        .forEach(p -> base.put(List.of((long) p.concept(), p.seed()), p.picture()));
    some.stream()
        .filter(JudgedPicture::adapted)
        .forEach(
            p ->
                Optional.ofNullable(base.get(List.of((long) p.concept(), p.seed())))
                    .ifPresent(b -> distances.add(PictureDistance.between(b, p.picture()))));
    return distances;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  /** The scores of a kind, if there are such pictures. */
  public Optional<JudgeScores> kind(String name) {
    return Optional.ofNullable(kinds.get(name));
  }
}
