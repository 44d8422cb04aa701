"""What the portfolio import says to operators, in Portuguese."""

from __future__ import annotations

from bot.usecases.import_portfolio import Problem, Reason

REPORT_HEADER = ("linha", "coluna", "valor", "motivo")

REASONS: dict[Reason, str] = {
    Reason.REQUIRED: "campo obrigatório vazio",
    Reason.TOO_LONG: "texto longo demais: no máximo {detail} caracteres",
    Reason.UNKNOWN_CREDITOR: (
        "credor desconhecido; conhecidos: {detail}. Para incluir outro, crie o arquivo policies/<credor>.toml"
    ),
    Reason.NAME: "nome sem nenhuma letra",
    Reason.DOCUMENT: "CPF ou CNPJ inválido (confira os dígitos verificadores)",
    Reason.DATE: "data inválida; use dd/mm/aaaa ou aaaa-mm-dd",
    Reason.BIRTH_DATE: "data de nascimento impossível",
    Reason.PHONE: "telefone inválido; informe DDD e número, um só por linha",
    Reason.EMAIL: "e-mail inválido",
    Reason.STATE: "UF inválida; use uma das 27 siglas, por exemplo SP",
    Reason.INSTALLMENT: "número de parcela inválido; use um inteiro a partir de 1",
    Reason.AMOUNT: "valor inválido; use por exemplo 1.234,56 ou 1234.56",
    Reason.NOT_POSITIVE: "o valor deve ser maior que zero",
    Reason.NEGATIVE: "o valor não pode ser negativo",
    Reason.TOO_LARGE: "valor alto demais para ser verdadeiro",
    Reason.DUE_ON: "vencimento fora do período de 1990 a 2060",
    Reason.PAID_IN_FUTURE: "data de pagamento no futuro",
    Reason.PAID_WITHOUT_DAY: "há valor pago, mas falta a data do pagamento",
    Reason.TOO_MANY_CELLS: "células demais na linha ({detail} do cabeçalho); há um separador em valor sem aspas?",
    Reason.OPEN_QUOTE: "aspas abertas e não fechadas",
    Reason.ENCODING: "caractere ilegível; grave o arquivo em UTF-8 ou Windows-1252",
    Reason.CONFLICT: "em conflito com a linha {detail}",
    Reason.BOLETO_LINE: (
        "aviso: a linha digitável não tem 47 ou 48 dígitos e foi deixada de fora; o restante da linha foi importado"
    ),
}

PROBLEMS: dict[Problem, str] = {
    Problem.NOT_FOUND: "O arquivo {file} não existe.",
    Problem.NOT_READABLE: "Não foi possível ler {file}: {detail}.",
    Problem.EMPTY: "O arquivo {file} está vazio.",
    Problem.NOT_A_TABLE: "O arquivo {file} não é um CSV nem um XLSX legível.",
    Problem.OLD_EXCEL: "O arquivo {file} é um XLS antigo ou protegido por senha; grave-o como XLSX ou CSV, sem senha.",
    Problem.MISSING_COLUMNS: "Faltam colunas obrigatórias: {columns}.",
    Problem.REPEATED_COLUMN: "As colunas “{other}” e “{column}” dizem a mesma coisa ({field}); deixe só uma.",
    Problem.REPORT_NOT_WRITABLE: (
        "Não foi possível gravar o relatório {file}: {detail}. Nada foi importado; escolha outro lugar com --report."
    ),
}

DATABASE_FAILED = "O banco de dados não respondeu; nada foi importado. Detalhe: {detail}"
INVALID_POLICY = "A política {source} não pode ser usada; nada foi importado: {errors}"
READING = "Lendo"
WRITING = "Gravando"
IGNORED_COLUMNS = "Colunas ignoradas: {columns}"
REPORT_AT = "Relatório: {report}"
SAMPLE_WRITTEN = "{rows} linhas gravadas em {file}"
SUMMARY = {
    "rows": "Linhas lidas",
    "imported": "Importadas",
    "refused": "Recusadas",
    "warnings": "Avisos",
    "debtors": "Devedores",
    "debts": "Dívidas",
    "installments": "Parcelas",
    "contacts": "Contatos",
}
TRY_TITLE = "Para experimentar: trato chat --phone TELEFONE"
TRY_HEADER = {
    "kind": "Caso",
    "name": "Nome",
    "phone": "Telefone",
    "document": "CPF/CNPJ",
    "birth_date": "Nascimento",
}
TRY_KINDS = {"single": "uma dívida", "several": "várias dívidas", "company": "empresa"}

HELP = "Carteiras de devedores: importar um arquivo ou criar uma de exemplo."
HELP_IMPORT = (
    "Importa uma carteira em CSV ou XLSX. Sai com 0 se todas as linhas entraram, 1 se alguma foi recusada, "
    "2 se o arquivo não pôde ser lido (nada entra), 3 se o banco de dados ou uma política falhou (nada entra)."
)
HELP_FILE = "Arquivo CSV (; ou ,; UTF-8 ou Windows-1252) ou XLSX."
HELP_REPORT = "Onde gravar o relatório de linhas recusadas. Padrão: ARQUIVO.errors.csv, ao lado do arquivo."
HELP_JSON = "Mostra o resumo em JSON."
HELP_SAMPLE = "Cria uma carteira fictícia do credor exemplo e a importa, ou a grava em um arquivo."
HELP_DEBTORS = "Quantos devedores."
HELP_SEED = "A mesma semente, no mesmo dia, dá a mesma carteira."
HELP_OUTPUT = "Grava um CSV em vez de importar."

# Product, description and an average price in reais.
SAMPLE_PRODUCTS = (
    ("Crediário", "Geladeira frost free 400 L", 2_800),
    ("Crediário", "Sofá retrátil de 3 lugares", 1_900),
    ("Crediário", "Guarda-roupa de 6 portas", 1_350),
    ("Crediário", "Celular 128 GB", 1_600),
    ("Crediário", "Máquina de lavar 12 kg", 2_100),
    ("Cartão da loja", "Compras no cartão da loja", 900),
    ("Cartão da loja", "Compras parceladas no cartão da loja", 1_450),
    ("Garantia estendida", "Garantia estendida de 24 meses", 420),
    ("Empréstimo pessoal", "Empréstimo pessoal", 3_500),
)
SAMPLE_COMPANY_PRODUCTS = (
    ("Venda a prazo", "Móveis para escritório", 8_400),
    ("Venda a prazo", "Equipamentos de informática", 12_500),
    ("Venda a prazo", "Material de consumo", 3_200),
)
SAMPLE_COMPANY_NAME = "{name} Comércio Ltda."


def text_of_reason(reason: Reason, detail: str) -> str:
    return REASONS[reason].format(detail=detail)


def text_of_problem(problem: Problem, facts: dict[str, object]) -> str:
    shown = {name: ", ".join(map(str, v)) if isinstance(v, list) else v for name, v in facts.items()}
    return PROBLEMS[problem].format(**shown)
