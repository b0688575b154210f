package dev.lora4j.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.Tenants;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.AdapterKey;
import dev.lora4j.server.text.TextService;
import dev.lora4j.spi.NearestNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers {@code GET /v1/models}: bases, then the adapters that a tenant may use. */
final class ModelRoute {
  private static final int NEAREST = 3;

  private final ModelCatalogue models;
  private final long started;

  ModelRoute(ModelCatalogue models) {
    this.models = models;
    started = System.currentTimeMillis() / 1000;
  }

  HttpAnswer list(HttpRequest request) {
    JsonArray data = new JsonArray();
    cards(request).values().forEach(data::add);
    JsonObject body = new JsonObject();
    body.addProperty("object", "list");
    body.add("data", data);
    return HttpAnswer.json(body.toString());
  }

  HttpAnswer one(HttpRequest request) {
    Map<String, JsonObject> cards = cards(request);
    String id = request.part("id");
    JsonObject card = cards.get(id);
    if (card == null) {
      List<String> near = NearestNames.near(id, cards.keySet(), NEAREST);
      throw new HttpProblem(
          404,
          "There is no model '"
              + id
              + "' here."
              + (near.isEmpty() ? "" : " Did you mean " + String.join(", ", near) + "?"));
    }
    return HttpAnswer.json(card.toString());
  }

  private Map<String, JsonObject> cards(HttpRequest request) {
    Map<String, JsonObject> all = new LinkedHashMap<>();
    models.bases().forEach(name -> all.put(name, card(name)));
    for (TextService service : models.texts()) {
      Optional.ofNullable(all.get(service.name()))
          .ifPresent(
              card -> card.addProperty("max_model_len", service.model().network().longest()));
    }
    for (AdapterFile file : models.adapters(Tenants.of(request.principal()))) {
      all.putIfAbsent(file.key().name(), adapter(file.key()));
    }
    return all;
  }

  /** With the field of vLLM that tells adapters from bases; where it is known, its value. */
  private JsonObject adapter(AdapterKey key) {
    JsonObject card = card(key.name());
    List<String> bases = models.bases();
    Optional<String> parent = bases.size() == 1 ? Optional.of(bases.get(0)) : models.baseOf(key);
    parent.ifPresent(base -> card.addProperty("parent", base));
    return card;
  }

  private JsonObject card(String name) {
    JsonObject card = new JsonObject();
    card.addProperty("id", name);
    card.addProperty("object", "model");
    card.addProperty("created", started);
    card.addProperty("owned_by", "lora4j");
    card.addProperty("root", name);
    card.add("parent", JsonNull.INSTANCE);
    return card;
  }
}
