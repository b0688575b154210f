package dev.lora4j.core.format.diffusers;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.MetadataKey;
import dev.lora4j.core.format.peft.LoraConfigurations;
import dev.lora4j.core.format.peft.PeftModels;
import dev.lora4j.core.format.peft.PeftSite;
import dev.lora4j.core.format.peft.PeftTensors;
import dev.lora4j.core.format.writing.AdapterLayout;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.ConversionAdvice;
import dev.lora4j.core.format.writing.LayoutFile;
import dev.lora4j.core.format.writing.WriteRequest;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * diffusers' layout: the model, the layer's path in it, and PEFT's role, for LoRA and DoRA. Scales
 * other than 1, and ranks that differ, are in the header's {@code lora_adapter_metadata}.
 */
@Extension(
    point = AdapterWriter.class,
    name = "diffusers",
    help = "One file as diffusers writes and loads it")
public final class DiffusersWriter implements AdapterWriter {
  private static final MetadataKey<String> CONFIGURATION =
      MetadataKey.text("lora_adapter_metadata");

  @Override
  public ToolConvention convention() {
    return ToolConvention.PEFT;
  }

  @Override
  public AdapterLayout lay(WriteRequest request) {
    SortedMap<String, List<PeftSite>> models = PeftModels.of(request);
    PeftTensors names = new PeftTensors("diffusers' layout", request.rewrite());
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    for (List<PeftSite> sites : models.values()) {
      for (PeftSite site : sites) {
        requireLora(site);
        names.of(site).forEach((name, t) -> tensors.put(site.name() + "." + name, t));
      }
    }
    List<String> changes = new ArrayList<>(names.changes());
    Metadata metadata = Metadata.EMPTY;
    boolean scaled = models.values().stream().anyMatch(LoraConfigurations::scaled);
    if (scaled || models.values().stream().anyMatch(LoraConfigurations::mixed)) {
      metadata =
          metadata.with(CONFIGURATION, LoraConfigurations.joined(models, request.family().sites()));
    }
    if (scaled) {
      changes.add(
          "Scales other than 1 are in lora_adapter_metadata, which diffusers reads from 0.34 on;"
              + " programs that look at the tensors alone miss them, unless the scales are"
              + " folded.");
    }
    return new AdapterLayout(List.of(LayoutFile.alone(tensors, metadata)), changes);
  }

  private static void requireLora(PeftSite site) {
    for (Factors factors : site.factors()) {
      if (!LoraConfigurations.takes(factors)) {
        throw new AdapterException(
            site.name()
                + " has factors of the method "
                + factors.method()
                + " ("
                + String.join(", ", factors.tensors().keySet())
                + "), but diffusers loads LoRA and DoRA alone. "
                + ConversionAdvice.advice(factors));
      }
    }
    if (site.model().isEmpty()) {
      throw new AdapterException(
          "diffusers' layout has no name for "
              + site.name()
              + ": it is for denoisers of pictures and their text encoders. Name the base that the"
              + " adapter is for, or write PEFT's layout.");
    }
  }
}
