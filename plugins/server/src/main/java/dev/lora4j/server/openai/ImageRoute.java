package dev.lora4j.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.diffusion.clip.LoraTags;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.ServedModel;
import dev.lora4j.server.catalogue.Tenants;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.model.NamedAdapter;
import dev.lora4j.server.picture.PictureService;
import dev.lora4j.server.work.JobTicket;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Answers {@code POST /v1/images/generations}. */
final class ImageRoute {
  /** Names the fields of a request that had no effect. */
  private static final String IGNORED = "x-lora4j-ignored";

  private final ModelCatalogue models;

  ImageRoute(ModelCatalogue models) {
    this.models = models;
  }

  HttpAnswer generate(HttpRequest request) throws Exception {
    ImageRequest asked = ImageRequest.of(JsonFields.parse(request.text()));
    Tenant tenant = Tenants.of(request.principal());
    LoraTags tags = tags(asked.prompts().get(0).text());
    List<NamedAdapter> tagged =
        tags.tags().stream()
            .map(tag -> new NamedAdapter(tag.name(), Weight.of(tag.weight()), tag.text()))
            .toList();
    ServedModel<PictureService> model = models.picture(tenant, asked.model(), tagged);
    List<JobTicket<GeneratedImage>> tickets = new ArrayList<>();
    try {
      for (Prompt prompt : asked.prompts()) {
        PictureService service = model.service();
        Prompt whole = asked.references().beside(prompt.text(tags.text()), service.base().base());
        tickets.add(service.submit(tenant, whole, model.adapters(), StepListener.NONE));
      }
      request.onDisconnect(() -> tickets.forEach(JobTicket::cancel));
      JsonArray data = new JsonArray();
      for (JobTicket<GeneratedImage> ticket : tickets) {
        data.add(picture(asked, ticket.result().get()));
      }
      HttpAnswer answer = HttpAnswer.json(body(asked, data).toString());
      return asked.ignored().isEmpty()
          ? answer
          : answer.header(IGNORED, String.join(", ", asked.ignored()));
    } finally {
      tickets.forEach(JobTicket::cancel);
    }
  }

  private static LoraTags tags(String prompt) {
    try {
      return LoraTags.of(prompt);
    } catch (IllegalArgumentException e) {
      throw new FieldException("prompt", "prompt: " + e.getMessage() + ".");
    }
  }

  private static JsonObject picture(ImageRequest asked, GeneratedImage made) {
    String text = Base64.getEncoder().encodeToString(asked.encoding().bytes(made));
    JsonObject picture = new JsonObject();
    if (asked.url()) {
      picture.addProperty("url", "data:" + asked.encoding().mediaType() + ";base64," + text);
    } else {
      picture.addProperty("b64_json", text);
    }
    Prompt used = made.prompt();
    picture.addProperty("seed", used.seed());
    picture.addProperty("sampler", used.sampler());
    picture.addProperty("steps", used.steps());
    used.guidance().ifPresent(scale -> picture.addProperty("guidance_scale", scale));
    used.trueCfg().ifPresent(scale -> picture.addProperty("true_cfg_scale", scale));
    return picture;
  }

  private static JsonObject body(ImageRequest asked, JsonArray data) {
    JsonObject body = new JsonObject();
    body.addProperty("created", System.currentTimeMillis() / 1000);
    body.add("data", data);
    body.addProperty("background", "opaque");
    body.addProperty("output_format", asked.encoding().format());
    return body;
  }
}
