package dev.lora4j.studio.evaluation;

import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.BaseArguments;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.dataset.PictureSets;
import dev.lora4j.studio.library.AdapterPlaces;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Scores of an adapter, or of the base alone.
 *
 * @param sets where true pictures of a style may be
 * @param bases that are served
 * @param places of adapters
 * @param judged styles that the judges know
 */
public record EvaluateAction(
    Workspace workspace,
    PictureSets sets,
    BaseArguments bases,
    AdapterPlaces places,
    List<String> judged)
    implements Action {
  private static final String ADAPTER = "adapter";
  private static final String WEIGHT = "weight";
  private static final String STYLE = "style";
  private static final String TRUTHS = "truths";
  private static final double MOST_WEIGHT = 1000;
  private static final int MOST_STEPS = 1000;
  private static final int MOST_PICTURES = 100_000;
  private static final Set<String> FIELDS =
      Set.of(
          ADAPTER,
          WEIGHT,
          STYLE,
          TRUTHS,
          "base",
          "concepts",
          "perConcept",
          "otherStyle",
          "seed",
          "steps",
          "guidance");

  /** Copies the list. */
  public EvaluateAction {
    judged = List.copyOf(judged);
  }

  @Override
  public String name() {
    return "evaluate";
  }

  @Override
  public Lane lane() {
    return Lane.WORK;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    KnownFields.require(request, FIELDS);
    CommandWords words = new CommandWords("evaluate");
    Optional<String> adapter = request.text(ADAPTER).filter(name -> !name.isBlank());
    if (adapter.isEmpty() && request.has(WEIGHT)) {
      throw new FieldException(
          WEIGHT, "weight is an adapter's. Name one in adapter, or leave weight out.");
    }
    adapter.ifPresent(name -> words.option("--lora", adapter(request, name)));
    words.option("--style", style(request));
    bases.pictures(words, request);
    whole(words, request, "concepts", "--concepts", 1, MOST_PICTURES);
    whole(words, request, "perConcept", "--per-concept", 1, MOST_PICTURES);
    request
        .text("otherStyle")
        .filter(text -> !text.isBlank())
        .ifPresent(text -> words.option("--other-style", text));
    whole(words, request, "seed", "--seed", Long.MIN_VALUE, Long.MAX_VALUE);
    whole(words, request, "steps", "--steps", 1, MOST_STEPS);
    OptionalDouble guidance = request.number("guidance", 0, MOST_WEIGHT);
    guidance.ifPresent(scale -> words.option("--guidance", Double.toString(scale)));
    words.option("-o", workspace.shown(outputs.folder("evaluation"))).flag("--json");
    return new Task("Scores of " + adapter.orElse("the base"), words.words(), "");
  }

  private String adapter(JsonFields request, String name) {
    double weight = request.number(WEIGHT, -MOST_WEIGHT, MOST_WEIGHT).orElse(1);
    return places.weighted(
        ADAPTER, places.require(ADAPTER, name), weight == 1 ? "" : Double.toString(weight));
  }

  private String style(JsonFields request) {
    Optional<String> truths = request.text(TRUTHS).filter(name -> !name.isBlank());
    Optional<String> style = request.text(STYLE).filter(name -> !name.isBlank());
    if (truths.isPresent() == style.isPresent()) {
      throw new FieldException(
          STYLE, "Name one of style and truths: what the pictures are to look like.");
    }
    if (style.isPresent()) {
      return judged(style.get());
    }
    try {
      return workspace.shown(sets.require(truths.get()).folder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A folder would be a style too, but those that pages may read are data sets. */
  private String judged(String style) {
    if (!judged.contains(style)) {
      throw new FieldException(
          STYLE,
          "style must be "
              + (judged.isEmpty() ? "left out here" : String.join(", ", judged))
              + ", found '"
              + style
              + "'. For a style of your own, name a data set of its pictures in truths.");
    }
    return style;
  }

  private static void whole(
      CommandWords words, JsonFields request, String field, String option, long least, long most) {
    OptionalLong value = request.whole(field, least, most);
    value.ifPresent(number -> words.option(option, Long.toString(number)));
  }
}
