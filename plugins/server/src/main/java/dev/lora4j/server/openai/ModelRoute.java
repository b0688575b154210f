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
import dev.lora4j.spi.NearestNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    for (AdapterFile file : models.adapters(Tenants.of(request.principal()))) {
      String name = file.key().name();
      all.putIfAbsent(name, adapter(name));
    }
    return all;
  }

  /** With the field of vLLM that tells adapters from bases; where it is known, its value. */
  private JsonObject adapter(String name) {
    JsonObject card = card(name);
    List<String> bases = models.bases();
    if (bases.size() == 1) {
      card.addProperty("parent", bases.get(0));
    }
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
