package dev.lora4j.server.a1111;

import com.google.gson.JsonObject;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.Tenants;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.picture.PictureService;
import java.util.stream.Collectors;

/** Answers {@code GET} and {@code POST /sdapi/v1/options}. Each tenant has its own settings. */
final class OptionRoute {
  private final ModelCatalogue models;
  private final Checkpoints checkpoints;
  private final TenantSettings settings;

  OptionRoute(ModelCatalogue models, TenantSettings settings) {
    this.models = models;
    this.settings = settings;
    checkpoints = new Checkpoints(models);
  }

  HttpAnswer get(HttpRequest request) {
    Settings own = settings.of(Tenants.of(request.principal()));
    JsonObject all = new JsonObject();
    all.addProperty("samples_format", "png");
    checkpoints
        .find(own.checkpoint())
        .or(() -> models.pictures().stream().findFirst())
        .ifPresent(
            service -> {
              all.addProperty(Settings.CHECKPOINT, Checkpoints.title(service));
              all.addProperty("sd_checkpoint_hash", Checkpoints.hash(service));
            });
    all.addProperty("sd_vae", "Automatic");
    all.addProperty(Settings.CLIP, own.clipStop());
    all.addProperty("lora_preferred_name", "Filename");
    all.addProperty("lora_add_hashes_to_infotext", false);
    return HttpAnswer.json(all.toString());
  }

  HttpAnswer set(HttpRequest request) {
    JsonFields changes = JsonFields.parse(request.text());
    changes.text(Settings.CHECKPOINT).ifPresent(this::requireKnown);
    settings.change(Tenants.of(request.principal()), changes);
    return HttpAnswer.json("null");
  }

  private void requireKnown(String checkpoint) {
    if (!checkpoint.isEmpty() && checkpoints.find(checkpoint).isEmpty()) {
      throw new HttpProblem(
          404,
          "There is no base '"
              + checkpoint
              + "' here. There are "
              + models.pictures().stream()
                  .map(PictureService::name)
                  .collect(Collectors.joining(", "))
              + ".");
    }
  }
}
