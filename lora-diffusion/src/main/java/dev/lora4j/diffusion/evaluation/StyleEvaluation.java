package dev.lora4j.diffusion.evaluation;

import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.judge.JudgeCriteria;
import dev.lora4j.diffusion.judge.JudgeScores;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.diffusion.judge.PictureDistance;
import dev.lora4j.diffusion.judge.PictureJudgement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
   * Scores pictures, of which some must be in the style. Those that have a verdict are not judged
   * again.
   *
   * @param flat true pictures in a style that the base knows, by concept; may be empty
   */
  public static StyleEvaluation of(
      Judges judges, JudgedStyle style, Map<Integer, Picture> flat, List<JudgedPicture> pictures) {
    List<JudgedPicture> all = PictureVerdicts.of(judges, style, pictures);
    List<JudgedPicture> about = all.stream().filter(p -> p.style().equals(style.name())).toList();
    List<JudgedPicture> adapted = about.stream().filter(JudgedPicture::adapted).toList();
    List<JudgedPicture> base = about.stream().filter(p -> !p.adapted()).toList();
    Map<String, List<PictureJudgement>> judged = new LinkedHashMap<>();
    judged.put(ADAPTER, asMade(adapted));
    judged.put(BASE, asMade(base));
    judged.put(DESATURATED, verdicts(base).flatMap(v -> v.desaturated().stream()).toList());
    List<JudgedPicture> asked = adapted.isEmpty() ? base : adapted;
    judged.putAll(
        new StyleControls(judges, style, flat)
            .judged(asked.stream().map(JudgedPicture::concept).toList()));
    JudgeCriteria criteria = style.criteria();
    Map<String, JudgeScores> kinds = new LinkedHashMap<>();
    judged.forEach(
        (kind, some) -> {
          if (!some.isEmpty()) {
            kinds.put(kind, JudgeScores.of(some, criteria));
          }
        });
    Map<String, Double> variety = new LinkedHashMap<>();
    variety(adapted).ifPresent(v -> variety.put(ADAPTER, v));
    variety(base).ifPresent(v -> variety.put(BASE, v));
    List<JudgedPicture> others = all.stream().filter(p -> !p.style().equals(style.name())).toList();
    return new StyleEvaluation(kinds, variety, drift(judges, style, about, others));
  }

  private static Stream<PictureVerdict> verdicts(List<JudgedPicture> some) {
    return some.stream().flatMap(p -> p.verdict().stream());
  }

  private static List<PictureJudgement> asMade(List<JudgedPicture> some) {
    return verdicts(some).map(PictureVerdict::asMade).toList();
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
            style.label().map(l -> shares(others, l)).orElse(List.of()),
            known ? shares(others, named) : List.of()));
  }

  /** Shares in a style: of the base's pictures, of the adapter's. */
  private static List<Double> shares(List<JudgedPicture> some, String label) {
    return List.of(share(some, label, false), share(some, label, true));
  }

  private static double share(List<JudgedPicture> some, String label, boolean adapted) {
    List<PictureJudgement> judged =
        asMade(some.stream().filter(p -> p.adapted() == adapted).toList());
    return judged.stream().filter(j -> j.style().equals(label)).count() / (double) judged.size();
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
