package dev.lora4j.text.bert;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.network.EncoderNetwork;
import java.util.List;

/**
 * ALBERT (Lan et al. 2019): a BERT with narrow tables and a few layers, each of which is used
 * several times. A layer is one site, however often it is used.
 *
 * @param groups number of groups of layers, each for its share of the passes
 * @param inner number of layers of a group, which a pass goes through one after the other
 * @param level prefix of the names of all layers but the head's, with a dot; empty where there is
 *     no head, as transformers has it
 */
record Albert(EncoderConfig config, int groups, int inner, String level) implements EncoderNetwork {
  private static final String CLASSIFIER = "classifier";
  private static final String POOLER = "pooler";

  @Override
  public int vocabulary() {
    return config.vocabSize();
  }

  @Override
  public int longest() {
    return config.positions();
  }

  @Override
  public int width() {
    return config.width();
  }

  @Override
  public List<String> labels() {
    return config.labels();
  }

  @Override
  public boolean pooler() {
    return config.pooler();
  }

  @Override
  public boolean ofHead(String weight) {
    return weight.startsWith(CLASSIFIER + ".") || ofPooler(weight);
  }

  @Override
  public boolean optional(String weight) {
    return config.labels().isEmpty() && ofPooler(weight);
  }

  private boolean ofPooler(String weight) {
    return weight.startsWith(level + POOLER + ".");
  }

  @Override
  public Expr hidden(Weights weights, EncoderInputs tokens, DType compute) {
    Weights encoder = weights.at(level + "encoder");
    Expr tables = embedded(weights.at(level + "embeddings"), tokens, compute);
    Expr x = encoder.linear("embedding_hidden_mapping_in", tables, config.width());
    Attention seen = Attention.PLAIN.masked(tokens.seen());
    int[] uses = new int[groups];
    for (int pass = 0; pass < config.layers(); pass++) {
      int group = group(pass);
      Weights at = encoder.at("albert_layer_groups", group).use(uses[group]++);
      for (int layer = 0; layer < inner; layer++) {
        x = layer(at.at("albert_layers", layer), x, seen);
      }
    }
    return x;
  }

  /** The group of a pass, by a division in F64 as in transformers. */
  private int group(int pass) {
    return (int) (pass / ((double) config.layers() / groups));
  }

  private Expr embedded(Weights at, EncoderInputs tokens, DType compute) {
    Expr words = table(at, "word_embeddings", tokens.tokens().ids(), config.vocabSize());
    Expr types = table(at, "token_type_embeddings", tokens.types(), config.types());
    Expr places = table(at, "position_embeddings", tokens.tokens().positions(), config.positions());
    return norm(at, "LayerNorm", words.add(types).add(places).to(compute));
  }

  private Expr table(Weights at, String name, Expr indices, int entries) {
    return at.embedding(name, indices, entries, config.embedding());
  }

  private Expr layer(Weights at, Expr x, Attention seen) {
    Expr attended = attention(at.at("attention"), x, seen);
    Expr wide = config.activation().of(at.linear("ffn", attended, config.inner()));
    Expr narrow = at.linear("ffn_output", wide, config.width());
    return norm(at, "full_layer_layer_norm", narrow.add(attended));
  }

  private Expr attention(Weights at, Expr x, Attention seen) {
    Expr q = heads(at, "query", x);
    Expr k = heads(at, "key", x);
    Expr v = heads(at, "value", x);
    Expr dense = at.linear("dense", q.attend(k, v, seen).joinHeads(), config.width());
    return norm(at, "LayerNorm", x.add(dense));
  }

  private Expr heads(Weights at, String name, Expr x) {
    return at.linear(name, x, config.width()).splitHeads(config.heads());
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.layerNorm(name, x, config.epsilon());
  }

  @Override
  public Expr pooled(Weights weights, Expr hidden) {
    return weights.linear(level + POOLER, hidden.select(1, 0), config.width()).tanh();
  }

  @Override
  public Expr logits(Weights weights, EncoderInputs tokens, Expr hidden) {
    return weights.linear(CLASSIFIER, pooled(weights, hidden), config.labels().size());
  }
}
