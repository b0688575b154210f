package dev.lora4j.server.lorax;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.cli.Version;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.Tenants;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.text.TextService;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.Locale;

/** Answers {@code GET /info}: the first language model and its limits. */
final class InfoRoute {
  private final ModelCatalogue models;

  InfoRoute(ModelCatalogue models) {
    this.models = models;
  }

  HttpAnswer info(HttpRequest request) {
    TextService service = models.text(Tenants.of(request.principal()), "").service();
    LanguageModel model = service.model();
    int longest = model.network().longest();
    JsonObject info = new JsonObject();
    info.addProperty("model_id", service.name());
    info.add("model_sha", JsonNull.INSTANCE);
    info.addProperty("model_dtype", model.base().compute().toString().toLowerCase(Locale.ROOT));
    info.addProperty("model_device_type", device(model));
    info.addProperty("model_pipeline_tag", "text-generation");
    info.addProperty("max_best_of", GenerateRequest.MOST_TEXTS);
    info.addProperty("max_stop_sequences", GenerateRequest.MOST_STOPS);
    info.addProperty("max_input_length", longest - 1);
    info.addProperty("max_total_tokens", longest);
    info.addProperty("version", Version.own());
    return HttpAnswer.json(info.toString());
  }

  /** What a model computes on. */
  static String device(LanguageModel model) {
    return model.scope().engine().device().kind().name().toLowerCase(Locale.ROOT);
  }
}
