package dev.lora4j.core.format.gguf;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Matrices;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.GgufLayerNames;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.MetadataKey;
import dev.lora4j.core.format.writing.AdapterLayout;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.LayoutFile;
import dev.lora4j.core.format.writing.WriteRequest;
import dev.lora4j.core.gguf.GgufValue;
import dev.lora4j.core.gguf.GgufWriter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * llama.cpp's layout of LoRA adapters of language models, as its {@code convert_lora_to_gguf.py}
 * writes it: one alpha for all layers, and rows of queries and keys in the order of the base there.
 */
@Extension(
    point = AdapterWriter.class,
    name = "gguf",
    help = "A .gguf file for llama.cpp: LoRA of language models")
public final class GgufAdapterWriter implements AdapterWriter {
  private static final MetadataKey<String> ARCHITECTURE =
      MetadataKey.text(GgufAdapterKeys.ARCHITECTURE);
  private static final MetadataKey<Double> ALPHA = MetadataKey.number(GgufAdapterKeys.ALPHA);

  @Override
  public String ending() {
    return ".gguf";
  }

  @Override
  public ToolConvention convention() {
    return ToolConvention.PEFT;
  }

  @Override
  public AdapterLayout lay(WriteRequest request) {
    Family family = request.family();
    if (!family.gguf().known()) {
      throw new AdapterException(
          "llama.cpp has no names for the layers of "
              + family.title()
              + ", so that "
              + String.join(", ", request.adapter().sites().keySet().stream().limit(1).toList())
              + " has none in GGUF. Name the language model that the adapter is for (--base), or"
              + " write another layout.");
    }
    SingleAlpha scales = SingleAlpha.of(request.adapter().sites(), request.rewrite());
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    scales
        .pairs()
        .forEach(
            (site, pair) -> {
              GgufLayerNames.Name name =
                  family.gguf().of(site).orElseThrow(() -> noTensor(family, site));
              boolean embedding =
                  family
                      .sites()
                      .find(site)
                      .filter(s -> s.kind() == Site.Kind.EMBEDDING)
                      .isPresent();
              HostTensor down = pair.tensor(LoraMethod.DOWN);
              HostTensor up = pair.tensor(LoraMethod.UP);
              tensors.put(name.tensor() + GgufDialect.DOWN, embedding ? up : down);
              tensors.put(
                  name.tensor() + GgufDialect.UP,
                  embedding ? Matrices.transposed(down) : ordered(site, up, name.pairedHeads()));
            });
    Metadata metadata =
        Metadata.EMPTY.with(ARCHITECTURE, family.gguf().architecture()).with(ALPHA, scales.alpha());
    return new AdapterLayout(List.of(LayoutFile.alone(tensors, metadata)), scales.changes());
  }

  private static AdapterException noTensor(Family family, String site) {
    return new AdapterException(
        "llama.cpp has no tensor for "
            + site
            + " in its architecture "
            + family.gguf().architecture()
            + (site.endsWith("lm_head")
                ? ", as the base's head shares the table of the tokens"
                : "")
            + ", so that it would not apply its factors. Train without that layer, or write another"
            + " layout.");
  }

  private static HostTensor ordered(String site, HostTensor up, int heads) {
    if (heads == 0) {
      return up;
    }
    if (!PairedRows.fit(up.shape().size(0), heads)) {
      throw new AdapterException(
          "%s has an up factor %s, whose rows are no pairs of the base's %d heads; its configuration does not fit. Write another layout."
              .formatted(site, up, heads));
    }
    return PairedRows.of(up, heads);
  }

  @Override
  public void write(LayoutFile file, Metadata metadata, Path path) {
    Metadata own = file.metadata();
    GgufWriter writer =
        new GgufWriter()
            .entry(
                GgufAdapterKeys.ARCHITECTURE,
                new GgufValue.Text(own.get(ARCHITECTURE).orElseThrow()))
            .entry(GgufAdapterKeys.GENERAL_TYPE, new GgufValue.Text(GgufAdapterKeys.ADAPTER))
            .entry(GgufAdapterKeys.TYPE, new GgufValue.Text(GgufAdapterKeys.LORA))
            .entry(GgufAdapterKeys.ALPHA, new GgufValue.Real(own.get(ALPHA).orElseThrow()));
    for (Map.Entry<String, String> entry : metadata.entries().entrySet()) {
      writer.entry(GgufAdapterKeys.HEADER + entry.getKey(), new GgufValue.Text(entry.getValue()));
    }
    file.tensors().forEach(writer::tensor);
    writer.write(path);
  }
}
