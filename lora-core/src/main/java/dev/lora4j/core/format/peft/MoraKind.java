package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.mora.MoraMethod;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** MoRA as the paper's code has it: a LoRA whose factors are one matrix. */
@Extension(
    point = PeftKind.class,
    name = MoraMethod.NAME,
    help = "MoRA in the layout of its paper's code")
public final class MoraKind implements PeftKind {
  @Override
  public String type() {
    return "LORA";
  }

  /** The paper's code follows PEFT 0.9. */
  @Override
  public Set<String> unknown() {
    return Set.of("exclude_modules");
  }

  @Override
  public boolean takes(Factors factors) {
    return factors.method().equals(MoraMethod.NAME);
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bias", "none");
    fields.put("fan_in_fan_out", TargetModules.turned(sites));
    fields.put("init_lora_weights", true);
    // It is read and has no effect.
    fields.put("lora_alpha", 1);
    fields.put("lora_dropout", 0.0);
    fields.put(
        MoraMethod.TYPE, CommonValues.of(sites, "type of MoRA", f -> whole(f, MoraMethod.TYPE)));
    fields.put(
        MoraMethod.RANK, CommonValues.of(sites, "rank of MoRA", f -> whole(f, MoraMethod.RANK)));
    fields.put("target_modules", TargetModules.of(sites, base));
    fields.put(MoraMethod.USED, true);
    return fields;
  }

  /** The matrix twice, as the paper's code makes one layer of both names. */
  @Override
  public Optional<SortedMap<String, HostTensor>> tensors(Factors factors) {
    if (!takes(factors)) {
      return Optional.empty();
    }
    HostTensor matrix = factors.tensor(MoraMethod.MATRIX);
    return Optional.of(new TreeMap<>(Map.of("lora_A.weight", matrix, "lora_B.weight", matrix)));
  }

  private static long whole(Factors factors, String setting) {
    return (long) factors.structure().number(setting);
  }
}
