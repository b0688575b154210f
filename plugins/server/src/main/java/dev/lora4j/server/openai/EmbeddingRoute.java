package dev.lora4j.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.ServedModel;
import dev.lora4j.server.catalogue.Tenants;
import dev.lora4j.server.embedding.EncoderService;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.work.JobTicket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** Answers {@code POST /v1/embeddings}. */
final class EmbeddingRoute {
  private final ModelCatalogue models;

  EmbeddingRoute(ModelCatalogue models) {
    this.models = models;
  }

  HttpAnswer embed(HttpRequest request) throws Exception {
    JsonFields body = JsonFields.parse(request.text());
    Tenant tenant = Tenants.of(request.principal());
    ServedModel<EncoderService> model = models.encoder(tenant, body.text("model").orElse(""));
    EncoderService service = model.service();
    EmbeddingRequest asked = EmbeddingRequest.of(body, service);
    JobTicket<List<float[]>> ticket = service.submit(tenant, asked.texts(), model.adapters());
    try {
      request.onDisconnect(ticket::cancel);
      JsonArray data = new JsonArray();
      for (float[] embedding : ticket.result().get()) {
        JsonObject one = new JsonObject();
        one.addProperty("object", "embedding");
        one.addProperty("index", data.size());
        one.add("embedding", asked.base64() ? base64(embedding) : numbers(embedding));
        data.add(one);
      }
      return HttpAnswer.json(answer(data, model.name(), (int) ticket.cost()).toString());
    } finally {
      ticket.cancel();
    }
  }

  private static JsonObject answer(JsonArray data, String model, int tokens) {
    JsonObject usage = new JsonObject();
    usage.addProperty("prompt_tokens", tokens);
    usage.addProperty("total_tokens", tokens);
    JsonObject answer = new JsonObject();
    answer.addProperty("object", "list");
    answer.add("data", data);
    answer.addProperty("model", model);
    answer.add("usage", usage);
    return answer;
  }

  private static JsonElement numbers(float[] embedding) {
    JsonArray numbers = new JsonArray(embedding.length);
    for (float value : embedding) {
      numbers.add(value);
    }
    return numbers;
  }

  private static JsonElement base64(float[] embedding) {
    ByteBuffer bytes =
        ByteBuffer.allocate(embedding.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(embedding);
    return new JsonPrimitive(Base64.getEncoder().encodeToString(bytes.array()));
  }
}
