package dev.lora4j.studio.action;

import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.core.tensor.AutoDType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.runtime.ProcessorShare;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.picture.PictureService;
import dev.lora4j.server.text.TextService;
import dev.lora4j.studio.workspace.Workspace;
import dev.lora4j.tinylm.TinyLm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How command lines name the bases that are served, and how a terminal computes as the server does.
 */
public final class BaseArguments {
  private static final String FIELD = "base";

  private final Map<String, List<String>> pictures = new LinkedHashMap<>();
  private final Map<String, List<String>> texts = new LinkedHashMap<>();
  private final Map<String, List<String>> computing = new LinkedHashMap<>();

  /** The bases of a server; the first of a kind is meant where a request names none. */
  public BaseArguments(Workspace workspace, ModelCatalogue models) {
    for (PictureService service : models.pictures()) {
      DiffusionModel base = service.base().base();
      List<String> words = new ArrayList<>(words(workspace, base.path(), BundledModel.folder()));
      base.configFolder()
          .ifPresent(from -> words.addAll(List.of("--base-config", workspace.shown(from))));
      base.denoiserFile()
          .ifPresent(from -> words.addAll(List.of("--denoiser", workspace.shown(from))));
      pictures.put(service.name(), words);
      computing.put(service.name(), computing(base, service.base().scope().engine()));
    }
    for (TextService service : models.texts()) {
      texts.put(service.name(), words(workspace, service.model().base().path(), TinyLm.folder()));
    }
  }

  private static List<String> words(Workspace workspace, Path path, Path bundled) {
    return path.equals(bundled) ? List.of() : List.of("--base", workspace.shown(path));
  }

  private static List<String> computing(DiffusionModel base, Engine engine) {
    List<String> words = new ArrayList<>();
    if (!AutoDType.remembered(engine).type().equals(base.compute())) {
      words.addAll(List.of("--compute", base.compute().toString().toLowerCase(Locale.ROOT)));
    }
    boolean card = Engine.obstacle(Device.cuda(0)).isEmpty();
    if (!engine.device().equals(card ? Device.cuda(0) : Device.CPU)) {
      words.addAll(List.of("--device", engine.device().toString()));
    }
    if (engine.threads() != ProcessorShare.ofThisProcess().usable()) {
      words.addAll(List.of("--threads", Integer.toString(engine.threads())));
    }
    return words;
  }

  /**
   * Adds {@code --base}, with what completes it, for the base of pictures that a request means,
   * unless it is the bundled one.
   *
   * @throws FieldException if none has its name
   */
  public void pictures(CommandWords words, JsonFields request) {
    words.all(meant(request, FIELD, pictures));
  }

  /**
   * Adds {@code --base} for the language model that a request means, unless it is the bundled one.
   *
   * @param field that names it
   * @throws FieldException if none has its name
   */
  public void texts(CommandWords words, JsonFields request, String field) {
    words.all(meant(request, field, texts));
  }

  /**
   * Adds {@code --base} for a base of either kind, if a request names one and it is no bundled one.
   *
   * @throws FieldException if none has its name
   */
  public void any(CommandWords words, JsonFields request) {
    Map<String, List<String>> all = new LinkedHashMap<>(pictures);
    all.putAll(texts);
    if (request.text(FIELD).filter(text -> !text.isEmpty()).isPresent()) {
      words.all(meant(request, FIELD, all));
    }
  }

  private static List<String> meant(
      JsonFields request, String field, Map<String, List<String>> bases) {
    List<String> names = List.copyOf(bases.keySet());
    String first = names.isEmpty() ? "" : names.get(0);
    String name = request.text(field).filter(text -> !text.isEmpty()).orElse(first);
    if (!name.isEmpty() && !bases.containsKey(name)) {
      throw new FieldException(
          request.path(field),
          "There is no base '"
              + name
              + "' for this; there are "
              + (names.isEmpty() ? "none" : String.join(", ", names))
              + ". Another one is served if the studio is started with it.");
    }
    return bases.getOrDefault(name, List.of());
  }

  /** Words that name a base of pictures; none for the bundled one. */
  public List<String> named(String name) {
    return pictures.getOrDefault(name, List.of());
  }

  /**
   * Words by which pictures of a base are computed as they are here; none where it is so anyway.
   */
  public List<String> computing(String name) {
    return computing.getOrDefault(name, List.of());
  }
}
