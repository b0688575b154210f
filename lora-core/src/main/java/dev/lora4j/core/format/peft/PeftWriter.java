package dev.lora4j.core.format.peft;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.writing.AdapterLayout;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.BaseUsage;
import dev.lora4j.core.format.writing.ConversionAdvice;
import dev.lora4j.core.format.writing.LayoutFile;
import dev.lora4j.core.format.writing.WriteRequest;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Extensions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * PEFT's folder: {@code adapter_model.safetensors} and {@code adapter_config.json}. An adapter of
 * several models, or of a text encoder, is a folder of such folders, each called as its model.
 */
@Extension(point = AdapterWriter.class, name = "peft", help = "A folder as PEFT writes it")
public final class PeftWriter implements AdapterWriter {
  private static final String TENSORS = "adapter_model.safetensors";
  private static final String CONFIG = "adapter_config.json";
  private static final String WRAPPER = "base_model.";
  private static final String PREFIX = WRAPPER + "model.";
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();

  @Override
  public boolean folder() {
    return true;
  }

  @Override
  public ToolConvention convention() {
    return ToolConvention.PEFT;
  }

  @Override
  public boolean keeps(Factors factors) {
    return kinds().anyMatch(kind -> takes(kind, factors));
  }

  @Override
  public AdapterLayout lay(WriteRequest request) {
    SortedMap<String, List<PeftSite>> models = PeftModels.of(request);
    PeftTensors names = new PeftTensors("PEFT's layout", request.rewrite());
    List<LayoutFile> files = new ArrayList<>();
    models.forEach(
        (model, sites) -> {
          ModulesToSave saved = ModulesToSave.of(sites, request.family().sites());
          List<PeftSite> tuned = saved.tuned();
          PeftKind kind = kind(tuned);
          SortedMap<String, HostTensor> tensors = new TreeMap<>();
          Map<String, SharedCorners> shared = new TreeMap<>();
          for (PeftSite site : sites) {
            names
                .of(site, kind)
                .forEach(
                    (name, t) -> {
                      if (Methods.shared().contains(name)) {
                        shared.computeIfAbsent(name, SharedCorners::new).add(site.name(), t);
                      } else {
                        tensors.put(PREFIX + site.path() + "." + name, t);
                      }
                    });
          }
          Map<String, Shape> least = kind.shared(tuned);
          shared.forEach((name, corners) -> tensors.put(WRAPPER + name, corners.whole(least)));
          String folder = alone(models, model) ? "" : model + "/";
          JsonObject fields =
              GSON.toJsonTree(kind.fields(tuned, request.family().sites())).getAsJsonObject();
          String config =
              GSON.toJson(config(kind, saved.say(fields, kind.type()), said(request, saved)));
          files.add(
              new LayoutFile(
                  folder + TENSORS,
                  tensors,
                  Metadata.EMPTY,
                  Map.of(folder + CONFIG, config + "\n")));
        });
    return new AdapterLayout(files, names.changes());
  }

  /**
   * Returns true if the model needs no folder of its own: text encoders have the same paths, so
   * that only the folder's name distinguishes them.
   */
  private static boolean alone(SortedMap<String, List<PeftSite>> models, String model) {
    return models.size() == 1 && !model.startsWith("text_encoder");
  }

  /**
   * Record of the base in the configuration. It omits a task for which PEFT requires a whole head
   * that the file lacks; PEFT then reads the file, with the base as an argument.
   */
  private static Optional<BaseUsage> said(WriteRequest request, ModulesToSave saved) {
    return request
        .base()
        .map(
            base ->
                new BaseUsage(
                    base.place(),
                    base.task().filter(t -> saved.heads() || !ClassHeads.TASKS.contains(t))));
  }

  private static Stream<PeftKind> kinds() {
    return Extensions.installed().shared(PeftKind.class).values().stream();
  }

  private static boolean takes(PeftKind kind, Factors factors) {
    return Extensions.installed().ask(kind, () -> kind.takes(factors), false);
  }

  /** The one type that takes all factors of a model. */
  private static PeftKind kind(List<PeftSite> sites) {
    PeftSite first = sites.get(0);
    Factors some = first.factors().get(0);
    PeftKind kind =
        kinds()
            .filter(k -> takes(k, some))
            .findFirst()
            .orElseThrow(() -> none(first, some, "has no form for it"));
    for (PeftSite site : sites) {
      for (Factors factors : site.factors()) {
        if (!kind.takes(factors)) {
          String reason =
              "has one type of adapter for a model, and " + first.name() + " has " + some.method();
          throw none(site, factors, reason);
        }
      }
    }
    return kind;
  }

  private static AdapterException none(PeftSite site, Factors factors, String why) {
    return new AdapterException(
        site.name()
            + " has factors of the method "
            + factors.method()
            + " ("
            + String.join(", ", factors.tensors().keySet())
            + "), but PEFT's layout "
            + why
            + ". "
            + ConversionAdvice.advice(factors));
  }

  /** Configuration: fields that all types share and the fields of one, in PEFT's order. */
  private static JsonObject config(PeftKind kind, JsonObject fields, Optional<BaseUsage> base) {
    SortedMap<String, JsonElement> sorted = new TreeMap<>(fields.asMap());
    base.ifPresent(b -> sorted.put("base_model_name_or_path", new JsonPrimitive(b.place())));
    base.flatMap(BaseUsage::task).ifPresent(t -> sorted.put("task_type", new JsonPrimitive(t)));
    for (String name :
        List.of(
            "auto_mapping",
            "base_model_name_or_path",
            "exclude_modules",
            ModulesToSave.FIELD,
            "revision",
            "task_type")) {
      sorted.putIfAbsent(name, JsonNull.INSTANCE);
    }
    sorted.keySet().removeAll(kind.unknown());
    JsonObject config = new JsonObject();
    sorted.put("inference_mode", new JsonPrimitive(true));
    sorted.put("peft_type", new JsonPrimitive(kind.type()));
    sorted.forEach(config::add);
    return config;
  }
}
