package dev.lora4j.server.a1111;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.cli.console.ProcessMemory;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.Tenants;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpHandler;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.library.AdapterFile;
import java.util.Map;
import java.util.OptionalLong;

/** Answers what there is: bases, adapters, samplers, schedules and memory. */
final class ListRoute {
  private final ModelCatalogue models;
  private final Checkpoints checkpoints;
  private final AdapterMetadata metadata;

  ListRoute(ModelCatalogue models) {
    this.models = models;
    checkpoints = new Checkpoints(models);
    metadata = new AdapterMetadata(models.library());
  }

  /** Answers the same JSON to everyone. */
  static HttpHandler always(String json) {
    return request -> HttpAnswer.json(json);
  }

  HttpAnswer bases(HttpRequest request) {
    return HttpAnswer.json(checkpoints.list().toString());
  }

  HttpAnswer adapters(HttpRequest request) {
    JsonArray all = new JsonArray();
    for (AdapterFile file : models.adapters(Tenants.of(request.principal()))) {
      Map<String, String> own = metadata.of(file);
      JsonObject one = new JsonObject();
      one.addProperty("name", file.key().name());
      one.addProperty("alias", own.getOrDefault("ss_output_name", file.key().name()));
      // Where the files of the server lie is no business of its clients.
      one.addProperty("path", file.key().name() + ".safetensors");
      JsonObject entries = new JsonObject();
      own.forEach(entries::addProperty);
      one.add("metadata", entries);
      all.add(one);
    }
    return HttpAnswer.json(all.toString());
  }

  HttpAnswer refresh(HttpRequest request) {
    models.library().refresh();
    return HttpAnswer.json("null");
  }

  HttpAnswer samplers(HttpRequest request) {
    JsonArray all = new JsonArray();
    for (SamplerName sampler : SamplerName.all()) {
      JsonObject one = new JsonObject();
      one.addProperty("name", sampler.name());
      JsonArray aliases = new JsonArray();
      sampler.aliases().forEach(aliases::add);
      one.add("aliases", aliases);
      JsonObject options = new JsonObject();
      if (!sampler.schedule().isEmpty()) {
        options.addProperty("scheduler", sampler.schedule());
      }
      one.add("options", options);
      all.add(one);
    }
    return HttpAnswer.json(all.toString());
  }

  HttpAnswer schedulers(HttpRequest request) {
    JsonArray all = new JsonArray();
    for (SchedulerName scheduler : SchedulerName.ALL) {
      JsonObject one = new JsonObject();
      one.addProperty("name", scheduler.name());
      one.addProperty("label", scheduler.label());
      one.add("aliases", JsonNull.INSTANCE);
      one.addProperty("default_rho", scheduler.rho());
      one.addProperty("need_inner_model", false);
      all.add(one);
    }
    return HttpAnswer.json(all.toString());
  }

  HttpAnswer memory(HttpRequest request) {
    JsonObject ram = new JsonObject();
    OptionalLong used = ProcessMemory.resident();
    if (used.isPresent()) {
      ram.addProperty("used", used.getAsLong());
    } else {
      ram.addProperty("error", "This system does not tell.");
    }
    JsonObject cuda = new JsonObject();
    cuda.addProperty("error", "The memory of cards is not told.");
    JsonObject body = new JsonObject();
    body.add("ram", ram);
    body.add("cuda", cuda);
    return HttpAnswer.json(body.toString());
  }
}
