package dev.lora4j.studio.blend;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.cli.Version;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.core.train.adapter.LayerSelector;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.diffusion.config.Presets;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.picture.PictureService;
import dev.lora4j.server.text.TextService;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.SettingInfo;
import dev.lora4j.studio.evaluation.JudgedStyles;
import dev.lora4j.studio.workspace.Workspace;
import java.util.Collection;
import java.util.List;

/** Answers what there is to choose from, which is the same as long as the program runs. */
final class StartRoute {
  private final ModelCatalogue models;
  private final Workspace workspace;

  StartRoute(ModelCatalogue models, Workspace workspace) {
    this.models = models;
    this.workspace = workspace;
  }

  HttpAnswer answer() {
    JsonObject json = new JsonObject();
    json.addProperty("version", Version.own());
    JsonArray bases = new JsonArray();
    models.pictures().forEach(service -> bases.add(base(service)));
    json.add("bases", bases);
    JsonArray texts = new JsonArray();
    models.texts().forEach(service -> texts.add(text(service)));
    json.add("texts", texts);
    json.add("judged", array(JudgedStyles.of(models)));
    json.add("samplers", names(Sampler.class));
    json.add("schedules", array(SigmaSchedule.names()));
    JsonArray mixers = new JsonArray();
    Extensions.installed().list(Mixer.class).forEach(mixer -> mixers.add(mixer(mixer)));
    json.add("mixers", mixers);
    json.add("methods", names(TrainableMethod.class));
    json.add("presets", array(Presets.names()));
    json.add("targets", names(LayerSelector.class));
    json.add("optimizers", names(Optimizer.class));
    json.add("routes", array(List.of("auto", "merged", "unmerged")));
    json.add("adapterFolders", array(workspace.adapters().stream().map(workspace::shown).toList()));
    json.addProperty("folder", workspace.shown(workspace.folder()));
    json.addProperty("command", Invocation.of());
    return HttpAnswer.json(json.toString());
  }

  private static JsonObject base(PictureService service) {
    StableDiffusion sd = service.base();
    Prompt plain = sd.completed(Prompt.of(""));
    JsonObject json = new JsonObject();
    json.addProperty("name", service.name());
    json.addProperty("family", sd.family().name());
    json.addProperty("width", plain.width());
    json.addProperty("height", plain.height());
    json.addProperty("unit", sd.base().sizeUnit());
    json.addProperty("steps", plain.steps());
    plain.guidance().ifPresent(scale -> json.addProperty("guidance", scale));
    json.addProperty("sampler", plain.sampler());
    JsonArray blocks = new JsonArray();
    new BlockNames(sd.sites()).all().forEach(block -> blocks.add(block.toString()));
    json.add("blocks", blocks);
    return json;
  }

  private static JsonObject text(TextService service) {
    JsonObject json = new JsonObject();
    json.addProperty("name", service.name());
    json.addProperty("chat", service.hasTemplate());
    json.addProperty("context", service.model().network().longest());
    return json;
  }

  private static JsonObject mixer(Extensions.Installed mixer) {
    JsonObject json = new JsonObject();
    json.addProperty("name", mixer.info().name());
    json.addProperty("help", mixer.info().help());
    boolean merges = mixer.info().is(DeltaMixer.class) || mixer.info().is(WeightMixer.class);
    json.addProperty("merges", merges);
    JsonArray settings = new JsonArray();
    for (SettingInfo setting : mixer.info().settings()) {
      JsonObject one = new JsonObject();
      one.addProperty("name", setting.name());
      one.addProperty("type", setting.kind().text());
      setting.defaultValue().ifPresent(value -> one.addProperty("default", value));
      one.addProperty("help", setting.help());
      one.addProperty("expected", setting.expected());
      one.add("choices", array(setting.choices()));
      settings.add(one);
    }
    json.add("settings", settings);
    return json;
  }

  private static JsonArray names(Class<?> point) {
    return array(
        Extensions.installed().list(point).stream().map(one -> one.info().name()).toList());
  }

  private static JsonArray array(Collection<String> texts) {
    JsonArray all = new JsonArray();
    texts.forEach(all::add);
    return all;
  }
}
