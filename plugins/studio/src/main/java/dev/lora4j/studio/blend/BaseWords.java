package dev.lora4j.studio.blend;

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
final class BaseWords {
  private final Map<String, List<String>> bases = new LinkedHashMap<>();
  private final Map<String, List<String>> computing = new LinkedHashMap<>();

  BaseWords(ModelCatalogue models, Workspace workspace) {
    for (PictureService service : models.pictures()) {
      DiffusionModel base = service.base().base();
      bases.put(service.name(), base(workspace, base.path(), BundledModel.folder()));
      computing.put(service.name(), computing(base, service.base().scope().engine()));
    }
    for (TextService service : models.texts()) {
      bases.put(service.name(), base(workspace, service.model().base().path(), TinyLm.folder()));
    }
  }

  private static List<String> base(Workspace workspace, Path path, Path bundled) {
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

  /** Words that name a base; none for the bundled one. */
  List<String> of(String name) {
    return bases.getOrDefault(name, List.of());
  }

  /**
   * Words that name the base in the field {@code base} of a request; none without one.
   *
   * @throws FieldException if none is called so
   */
  List<String> require(JsonFields request) {
    String name = request.text("base").orElse("");
    if (!name.isEmpty() && !bases.containsKey(name)) {
      throw new FieldException(
          "base", "There is no base '" + name + "'; there are " + String.join(", ", names()) + ".");
    }
    return of(name);
  }

  /**
   * Words by which pictures of a base are computed as they are here; none where it is so anyway.
   */
  List<String> computing(String name) {
    return computing.getOrDefault(name, List.of());
  }

  /** Names of all bases. */
  List<String> names() {
    return List.copyOf(bases.keySet());
  }
}
