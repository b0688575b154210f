package dev.lora4j.studio.run;

import com.google.gson.JsonElement;
import dev.lora4j.diffusion.config.RunKey;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.BaseArguments;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.dataset.PictureSets;
import dev.lora4j.studio.library.AdapterPlaces;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Requests of trainings on pictures as options of {@code train} and {@code plan}. */
final class TrainingWords {
  /** Options that have the value of a field as it is. */
  private static final Map<String, String> OPTIONS = new LinkedHashMap<>();

  static {
    for (String name :
        List.of(
            "preset",
            "method",
            "targets",
            "rank",
            "alpha",
            "steps",
            "epochs",
            "batch",
            "optimizer",
            "lr",
            "dropout",
            "trigger",
            "seed")) {
      OPTIONS.put(name, "--" + name);
    }
  }

  /** Keys that have a field of their own, which is checked, by what the field is called. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "output", "output",
          "output_dir", "output",
          "output_name", "output",
          "images", "images",
          "train_data_dir", "images",
          "base", "base",
          "pretrained_model_name_or_path", "base",
          "adapter.warm_start", "from");

  private static final String SETTINGS = "settings";

  private final Workspace workspace;
  private final PictureSets sets;
  private final BaseArguments bases;
  private final AdapterPlaces places;

  TrainingWords(Workspace workspace, PictureSets sets, BaseArguments bases, AdapterPlaces places) {
    this.workspace = workspace;
    this.sets = sets;
    this.bases = bases;
    this.places = places;
  }

  /**
   * Adds the options of a request.
   *
   * @param more fields that the caller looks at
   * @param output where the adapter goes
   * @throws FieldException if a field is unknown or cannot be meant
   */
  void add(CommandWords words, JsonFields request, Set<String> more, Path output) {
    Set<String> known = new TreeSet<>(OPTIONS.keySet());
    known.addAll(List.of("images", "output", "base", "previews", "validation", "from", SETTINGS));
    known.addAll(more);
    KnownFields.require(request, known);
    words.option("--images", images(request));
    words.option("-o", workspace.shown(output));
    bases.pictures(words, request);
    FieldTexts.add(words, request, OPTIONS);
    request
        .list("previews", JsonFields::text)
        .orElse(List.of())
        .forEach(text -> words.option("--preview", text));
    request
        .number("validation", 0, 1)
        .ifPresent(share -> words.option("--set", "validation.split=" + share));
    FieldTexts.find(request, "from")
        .ifPresent(name -> words.option("--set", "adapter.warm_start=" + path(request, name)));
    request.fields(SETTINGS).ifPresent(settings -> settings(words, settings));
  }

  private String path(JsonFields request, String name) {
    return places.shown(places.require(request.path("from"), name));
  }

  private String images(JsonFields request) {
    try {
      return workspace.shown(sets.require(request.requiredText("images")).folder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void settings(CommandWords words, JsonFields settings) {
    for (Map.Entry<String, JsonElement> one : settings.object().entrySet()) {
      String key = one.getKey();
      String path = settings.path(key);
      if (key.isBlank() || key.contains("=")) {
        throw new FieldException(SETTINGS, path + " is no key of a setting.");
      }
      String field =
          FIELDS.get(SettingLayers.key(key.strip()).map(RunKey::name).orElse(key.strip()));
      if (field != null) {
        throw new FieldException(SETTINGS, path + " is set by the field " + field + " alone.");
      }
      if (!one.getValue().isJsonNull()) {
        words.option("--set", key + "=" + FieldTexts.text(path, one.getValue()));
      }
    }
  }
}
