package dev.lora4j.server.a1111;

import com.google.gson.JsonObject;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.FewSteps;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.ServedModel;
import dev.lora4j.server.catalogue.Tenants;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.model.NamedAdapter;
import dev.lora4j.server.picture.PictureService;
import dev.lora4j.server.work.JobTicket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;

/** Answers {@code POST /sdapi/v1/txt2img} and {@code img2img}. */
final class PictureRoute {
  private final ModelCatalogue models;
  private final Checkpoints checkpoints;
  private final TenantSettings settings;
  private final RunningRequests running;

  PictureRoute(ModelCatalogue models, TenantSettings settings, RunningRequests running) {
    this.models = models;
    this.settings = settings;
    this.running = running;
    checkpoints = new Checkpoints(models);
  }

  HttpAnswer fromText(HttpRequest request) throws Exception {
    return answer(request, RequestFields.text(), false);
  }

  HttpAnswer fromImage(HttpRequest request) throws Exception {
    return answer(request, RequestFields.image(), true);
  }

  private HttpAnswer answer(HttpRequest request, List<RequestField> fields, boolean image)
      throws Exception {
    JsonObject sent = JsonFields.parse(request.text()).object();
    RequestFields.require(fields, sent);
    JsonFields given = JsonFields.of(RequestFields.complete(fields, sent));
    ScriptFields.require(given);
    PictureRequest read = PictureRequest.of(given, image);
    Tenant tenant = Tenants.of(request.principal());
    JsonFields overrides =
        given.fields("override_settings").orElseGet(() -> JsonFields.of(new JsonObject()));
    Settings own = settings.of(tenant).with(overrides);
    UnsaidSampling unsaid = UnsaidSampling.of(sent);
    Optional<FewSteps> few = unsaid.any() ? fewSteps(tenant, read, own) : Optional.empty();
    few.ifPresent(use -> unsaid.say(use, sent));
    JsonFields body = few.isPresent() ? JsonFields.of(RequestFields.complete(fields, sent)) : given;
    PictureRequest asked = few.isPresent() ? PictureRequest.of(body, image) : read;
    ServedModel<PictureService> model = model(tenant, asked, own);
    if (!body.flag("override_settings_restore_afterwards", true)) {
      settings.change(tenant, overrides);
    }
    List<Prompt> prompts = asked.prompts().stream().map(p -> skipped(p, model, own)).toList();
    List<RunningPicture> pictures =
        prompts.stream().map(p -> new RunningPicture(p.steps(), asked.first())).toList();
    RunningRequest work = new RunningRequest(image ? "img2img" : "txt2img", asked.task(), pictures);
    List<JobTicket<GeneratedImage>> tickets = new ArrayList<>();
    running.begin(tenant, work);
    try {
      for (int i = 0; i < prompts.size(); i++) {
        JobTicket<GeneratedImage> ticket =
            model.service().submit(tenant, prompts.get(i), model.adapters(), pictures.get(i));
        tickets.add(ticket);
        pictures.get(i).begin(ticket);
      }
      request.onDisconnect(() -> tickets.forEach(JobTicket::cancel));
      PictureAnswer answer = new PictureAnswer(asked, own, model.service(), work.stamp());
      for (int i = 0; i < tickets.size(); i++) {
        add(answer, i, tickets.get(i), pictures.get(i));
      }
      return HttpAnswer.json(answer.body(echo(body, image)).toString());
    } finally {
      tickets.forEach(JobTicket::cancel);
      running.end(tenant, work);
    }
  }

  /** What was given up on request is left out of the answer. */
  private static void add(
      PictureAnswer answer, int index, JobTicket<GeneratedImage> ticket, RunningPicture picture)
      throws InterruptedException, ExecutionException {
    try {
      answer.add(index, ticket.result().get());
    } catch (CancellationException e) {
      if (!picture.stopped()) {
        throw e;
      }
    }
  }

  private Optional<FewSteps> fewSteps(Tenant tenant, PictureRequest asked, Settings own) {
    // Over how many steps weights change is not known before the adapters have said it.
    List<NamedAdapter> named =
        asked.tags().tags().stream()
            .map(tag -> new NamedAdapter(tag.name(), Weight.of(tag.unet())))
            .toList();
    ServedModel<PictureService> model = models.picture(tenant, checkpoint(own), named);
    return model.service().fewSteps(tenant, model.adapters());
  }

  private String checkpoint(Settings own) {
    return checkpoints.find(own.checkpoint()).map(PictureService::name).orElse(own.checkpoint());
  }

  private ServedModel<PictureService> model(Tenant tenant, PictureRequest asked, Settings own) {
    Prompt first = asked.prompts().get(0);
    List<AdapterTag> tags = asked.tags().tags();
    List<NamedAdapter> named =
        tags.stream().map(tag -> tag.named(first.steps(), asked.first())).toList();
    ServedModel<PictureService> model = models.picture(tenant, checkpoint(own), named);
    List<NamedAdapter> all = new ArrayList<>(model.adapters());
    int before = all.size() - tags.size();
    for (int i = 0; i < tags.size(); i++) {
      NamedAdapter adapter = all.get(before + i);
      all.set(
          before + i,
          adapter.shares(
              BlockWeightPreset.shares(tags.get(i).blocks(), model.service().base().sites())));
    }
    return new ServedModel<>(model.service(), all, model.name());
  }

  /** As in A1111, the setting is not for XL and its like, whose layer is fixed. */
  private static Prompt skipped(Prompt prompt, ServedModel<PictureService> model, Settings own) {
    DiffusionModel base = model.service().base().base();
    boolean fixed = base.arrangement().parts().get(0).looksBefore();
    return fixed ? prompt : prompt.clipSkip(own.clipStop() - 1);
  }

  private static JsonObject echo(JsonFields body, boolean image) {
    JsonObject echo = body.object();
    if (image && !body.flag("include_init_images", false)) {
      echo.remove("init_images");
      echo.remove("mask");
    }
    return echo;
  }
}
