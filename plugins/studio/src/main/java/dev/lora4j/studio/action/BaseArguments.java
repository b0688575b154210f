package dev.lora4j.studio.action;

import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.workspace.Workspace;
import dev.lora4j.tinylm.TinyLm;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The field {@code base} of requests: a base that is served, as an option of a command line. */
public final class BaseArguments {
  private static final String FIELD = "base";

  private final Workspace workspace;
  private final Map<String, Path> pictures = new LinkedHashMap<>();
  private final Map<String, Path> texts = new LinkedHashMap<>();

  /** The bases of a server; the first of a kind is meant where a request names none. */
  public BaseArguments(Workspace workspace, ModelCatalogue models) {
    this.workspace = workspace;
    models.pictures().forEach(s -> pictures.put(s.name(), s.base().base().path()));
    models.texts().forEach(s -> texts.put(s.name(), s.model().base().path()));
  }

  /**
   * Adds {@code --base} for the base of pictures that a request means, unless it is the bundled
   * one.
   *
   * @throws FieldException if none has its name
   */
  public void pictures(CommandWords words, JsonFields request) {
    add(words, request, pictures, BundledModel.folder());
  }

  /**
   * Adds {@code --base} for the language model that a request means, unless it is the bundled one.
   *
   * @throws FieldException if none has its name
   */
  public void texts(CommandWords words, JsonFields request) {
    add(words, request, texts, TinyLm.folder());
  }

  private void add(CommandWords words, JsonFields request, Map<String, Path> places, Path bundled) {
    List<String> names = List.copyOf(places.keySet());
    String first = names.isEmpty() ? "" : names.get(0);
    String name = request.text(FIELD).filter(text -> !text.isEmpty()).orElse(first);
    Path place = places.get(name);
    if (place == null && !name.isEmpty()) {
      throw new FieldException(
          request.path(FIELD),
          "There is no base '"
              + name
              + "' for this; there are "
              + (names.isEmpty() ? "none" : String.join(", ", names))
              + ". Another one is served if the studio is started with it.");
    }
    if (place != null && !place.equals(bundled)) {
      words.option("--base", workspace.shown(place));
    }
  }
}
