//! The words of the pictures in Traditional Chinese, as they are used in Taiwan.

use trace::Labels;

use super::costs::{Chart, Costs};
use super::lab::Lab;
use super::measured::{Cover, Measured};
use super::mpi::Mpi;
use super::programs::{
    Choosing, Deadlock, OrderPerKey, Pipeline, Programs, Question, Race, StartMethods, Supervisor,
};
use super::{
    Alternative, ForkJoin, Kinds, Memory, MultiProcess, Order, ProcessPool, ThreadPool, Time, Words,
};

pub static WORDS: Words = Words {
    list_joint: "、",
    list_joint_wide: "；",
    sentence_end: "。",
    sentence_joint: "",
    piece_joint: "；",
    lane: "「{lane}」由上而下：{pieces}。",
    time_axis: "時間（未按比例）",
    kinds: Kinds {
        runs: "執行",
        switch: "上下文切換",
        start: "啟動",
        moving: "搬移結果",
        wait: "等待",
        zombie: "殭屍行程，直到有人 join",
    },
    time: Time {
        core: "核心 {n}",
        main: "main {n}",
        main_end: "main 收尾",
        starts: "啟動 {task}",
        receives: "接收 {task} 的結果",
        one_core_end: "一個核心上的執行緒到這裡才做完",
        switch_note: "上下文切換：核心放下一個\n執行緒，換下一個上來；\n這段時間什麼工作都沒做",
        turns_note: "main 和任務輪流執行：\n任何時刻都只有一個在跑",
        sum_note: "每一段工作加上 {count} 次切換，\n就是全部的時間",
        wait_key: "main 等待（join）",
        thread_start_key: "啟動執行緒",
        no_copy_key: "什麼都不必搬：\n執行緒共用同一塊記憶體。",
        process_start_key: "啟動行程（fork）",
        move_key: "搬移結果：序列化、\n經過管線送出、再讀回來",
        one_core: Alternative {
            title: "一個核心上的執行緒輪流執行",
            description: "時間軸只有一欄，因為所有的事都由同一個核心來做。主執行緒 main 和任務 A、B、C \
                輪流執行，每個任務有兩段；任意兩段之間都有一次畫成斜線的上下文切換，共 {count} 次。{lanes}\
                全部的時間，就是每一段工作加上每一次切換。",
        },
        cores: Alternative {
            title: "多個核心上的執行緒同時執行",
            description: "時間軸有四欄，一個核心一欄，比例和一個核心的那張相同。{lanes}A、B、C 的時間互相重疊。\
                啟動執行緒只花一點時間，結果也不必搬，因為執行緒共用同一塊記憶體。全部做完花的時間不到一半；\
                遠在下方有一條虛線，標出一個核心上的執行緒做完的時間。",
        },
        processes: Alternative {
            title: "多個核心上的行程同時執行，但啟動和搬移都要付出代價",
            description: "時間軸有四欄，一個核心一欄，比例和一個核心的那張相同。{lanes}A、B、C 的時間互相重疊，\
                和多個核心上的執行緒一樣。啟動行程比啟動執行緒久，每個結果都要序列化、經過管線送出、再讀回來。\
                全部做完比多個核心上的執行緒晚，但比虛線早；那條虛線標出一個核心上的執行緒做完的時間。",
        },
    },
    memory: Memory {
        one_process: "一個行程：執行緒共用記憶體",
        two_processes: "兩個行程：預設什麼都不共用",
        shared_heap: "堆積與全域變數：所有執行緒共用",
        thread_stack: "執行緒 {n}\n自己的堆疊",
        process: "行程 {n}",
        owned: "自己的堆積、\n全域變數、\n堆疊",
        pipe: "管線：複製位元組",
        mapping: "共享映射：兩邊都看得到",
        alternative: Alternative {
            title: "執行緒共用什麼，行程共用什麼",
            description: "上半部用一個框表示一個行程：一個長方形是堆積和全域變數，下面是三個執行緒，各有一個堆疊；\
                每個執行緒都讀寫堆積和全域變數。下半部用兩個分開的框表示兩個行程，各有自己的堆積、全域變數和堆疊，\
                預設什麼都不共用。一條管線把複製的位元組從行程 1 送到行程 2。另有一塊特地建立的共享映射，\
                橫跨兩個框：兩個行程都看得到它。",
        },
    },
    fork_join: ForkJoin {
        parent: "父行程",
        child: "子行程",
        runs: "執行",
        fork: "fork",
        fork_spoken: "fork 出子行程",
        goes_on: "繼續執行",
        waits: "在 join 裡等待",
        goes_on_again: "繼續執行",
        copy: "一開始是\n父行程的複本",
        task: "執行任務",
        exit: "結束",
        status: "結束狀態",
        alternative: Alternative {
            title: "父行程 fork 出子行程，再等它結束",
            description: "時間軸有兩欄：父行程和子行程。{lanes}fork 的箭頭從父行程指向子行程的開頭。\
                結束狀態的箭頭從子行程的結尾指回父行程，父行程的等待到此為止。",
        },
    },
    multi_process: MultiProcess {
        parent: "父行程",
        children: "子行程",
        child: "子行程 {n}",
        spawn: "spawn({n})",
        join: "join({n})",
        ends: ["第一個\n結束", "第二個\n結束", "第三個\n結束", "第四個\n結束", "第五個\n結束"],
        spoken_join_waits: "join({n}) 等待",
        spoken_join_at_once: "join({n}) 立刻回傳",
        spoken_runs: "執行，{ends}",
        start_key: "父行程啟動一個子行程",
        wait_key: "父行程等待一個子行程",
        zombie_key: "子行程已經結束，是殭屍行程，\n直到父行程對它呼叫 join",
        alternative: Alternative {
            title: "五個子行程照順序啟動，結束的順序不同；父行程照啟動的順序等待",
            description: "時間軸裡父行程占一欄，五個子行程各占一欄，從 0 開始編號。{lanes}子行程的執行時間互相重疊，\
                依 {ends} 的順序結束。父行程則依 0、1、2、3、4 的順序等待：子行程 2 已經結束，join(0) 還在等。\
                在輪到自己的 join 之前就結束的子行程，會一直是殭屍行程，以點線表示，直到父行程等到它。",
        },
    },
    order: Order {
        arrive: "依到達順序",
        placed: "依索引就位",
        index: "索引",
        result: "結果",
        row: "索引 {i} 的結果 {r}",
        alternative: Alternative {
            title: "結果到達的順序不定，靠索引放到正確的位置",
            description: "左邊是五個結果，依到達的順序由上往下排：{rows}。每個結果都有一個箭頭，\
                指向它在右邊的位置；右邊的結果依索引的順序排列：{results}。",
        },
    },
    process_pool: ProcessPool {
        parent_before: "父行程：呼叫 map",
        inputs: "輸入",
        fork: "fork：工作者\n繼承輸入",
        counter: "共享記憶體：下一個區塊的編號",
        take: "拿下一個\n區塊",
        takes: "{worker} 拿了{chunks}",
        worker: "工作者 {n}",
        chunk: "區塊 {list}",
        chunks: "區塊 {list}",
        pipe: "管線：\n結果",
        parent_after: "父行程：poll 所有管線",
        results: "結果依輸入的順序",
        alternative: Alternative {
            title: "Pool::map 怎麼把工作分給行程，又怎麼把結果排回順序",
            description: "由上往下看。父行程有 {inputs} 個輸入，分成 {chunks} 個區塊。它 fork 出 {workers} 個工作者，\
                工作者繼承輸入和閉包，所以什麼都不必送給它們。每個工作者一再從共享記憶體裡的計數器，\
                拿下一個區塊的編號。圖中，{taken}。每個工作者把結果包成訊框，寫進自己的管線。\
                父行程同時 poll 所有管線，並且把結果排回輸入的順序。",
        },
    },
    thread_pool: ThreadPool {
        process: "一個行程：輸入和結果在同一塊記憶體裡",
        items: "項目 {from}–{to}",
        busy: "執行緒 0\n處理{items}",
        idle: "執行緒 1\n沒事可做",
        queue: "執行緒 {n} 的佇列",
        empty: "空的",
        takes: "拿最新的",
        steals: "偷走\n最舊的",
        alternative: Alternative {
            title: "閒著的執行緒從別人佇列的另一端偷工作",
            description: "一個行程裡有兩個執行緒，共用輸入和結果，各有自己的佇列。執行緒 0 的佇列裡，\
                由舊到新是{queue}。執行緒 0 正在處理{running}，下一份工作從最新的那一端拿。\
                執行緒 1 的佇列是空的，於是從另一端偷走最舊、也最大的那一份：{stolen}。",
        },
    },
    programs: PROGRAMS,
    costs: COSTS,
    measured: MEASURED,
    lab: LAB,
    mpi: MPI,
};

const PROGRAMS: Programs = Programs {
    choosing: Choosing {
        questions: [
            Question {
                asked: "現在這樣\n就夠快了嗎？", exits: &[("是", "保留迴圈")], on: "否"
            },
            Question {
                asked: "有更好的\n演算法嗎？",
                exits: &[("是", "換上它，\n再測量一次")],
                on: "否",
            },
            Question {
                asked: "有些部分\n可以同時做嗎？",
                exits: &[("否", "保留迴圈"), ("分階段\n或依鍵", "處理管線")],
                on: "是",
            },
            Question {
                asked: "已經有程式\n在做這件事嗎？", exits: &[("是", "Command")], on: "否"
            },
            Question {
                asked: "任務可能當掉、\n卡住或闖禍嗎？",
                exits: &[("是", "行程：\nprocspawn、\n監督者")],
                on: "否",
            },
            Question {
                asked: "等待的時間\n比計算多嗎？",
                exits: &[("是", "幾百個：執行緒；\n成千上萬：async")],
                on: "否",
            },
            Question {
                asked: "一台機器\n裝得下嗎？", exits: &[("否", "更多機器")], on: "是"
            },
        ],
        otherwise: "rayon",
        each_stage: "每個階段再各問一次",
        spoken_question: "第 {n} 題，{question}{exits}；{on}：往下走。",
        spoken_exit: "{on}：{answer}",
        spoken_otherwise: "走到最後的，就用 {otherwise}。",
        alternative: Alternative {
            title: "該用哪一種做法：由上而下七個問題",
            description: "問題由上往下排列。每個問題有一個箭頭往旁邊指向答案，另一支往下指向下一題。{questions}\
                處理管線還不是終點：它有一個箭頭指向下一題，每個階段都要再問一次。{otherwise}",
        },
    },
    race: Race {
        worker_a: "工作者 A",
        worker_b: "工作者 B",
        total: "總數",
        reads: "讀到 {n}",
        finds: "數質數，\n找到 {n} 個",
        stores: "存回 {n}",
        lost: "總數應該是 {right}。\n工作者 B 的 {lost} 不見了。",
        alternative: Alternative {
            title: "更新遺失：兩個工作者都往總數上加，其中一個加的數不見了",
            description: "時間軸有三欄：工作者 A、總數、工作者 B。{lanes}兩個工作者都讀到 {start}，這時誰都還沒存回去。\
                工作者 B 存回 {between}，之後工作者 A 存回 {end}。總數應該是 {right}：工作者 B 的 {lost} 不見了。",
        },
    },
    pipeline: Pipeline {
        cut: "階段 1 已經切出 {n} 段，\n正在等票",
        queue: "佇列",
        worker: "階段 2\n正在數\n第 {n} 段",
        worker_late: "階段 2\n還在數\n第 {n} 段",
        add: "階段 3 依序把個數加起來",
        added: "已經加了：第 {list} 段",
        buffer: "重排\n緩衝區",
        missing: "{n}？",
        tickets: "加完一段，就還回一張票",
        alternative: Alternative {
            title: "三個階段的處理管線，在最後把順序排回來",
            description: "由上往下，畫的是 {room} 張票全都發出去的那一刻。階段 1 把範圍切成有編號的小段，正在等票。\
                它後面的佇列裡有第 {to_count} 段。階段 2 的工作者正在數第 {in_work} 段。再後面的佇列裡有第 {counted} 段。\
                階段 3 已經加了第 {done} 段。它的重排緩衝區裡有先到的第 {early} 段，還空著一格等第 {missing} 段，\
                階段 2 有一個工作者還在數那一段。一個虛線箭頭從階段 3 回到階段 1：加完一段，就還回一張票。",
        },
    },
    order_per_key: OrderPerKey {
        one_queue: "錯：所有工作者共用一個佇列",
        slower: "工作者 1\n比較慢",
        quicker: "工作者 2\n比較快",
        first: "先到",
        second: "後到",
        account: "帳戶 {name}",
        booked: "{amount}：餘額 {after}",
        refused: "{amount}：被拒絕",
        queue_by_key: "對：每個工作者一個佇列",
        hash: "由名稱的雜湊決定進哪個佇列",
        worker: "工作者 {n}",
        alternative: Alternative {
            title: "共用一個佇列會弄亂帳戶的順序；一個工作者一個佇列就不會",
            description: "兩張圖用的是同樣的事件：{events}。上圖是錯的做法，所有事件都在同一個佇列裡。\
                工作者 1 拿到 anna 的第一個事件，但比較慢；工作者 2 拿到第二個，卻先入帳。\
                帳戶 anna 由上而下：{wrong}。下圖是對的做法，由名稱的雜湊決定進兩個佇列中的哪一個，\
                每個佇列有一個工作者。anna 的事件依序到工作者 1 手上，帳戶 anna：{right_a}。\
                chen 的事件到工作者 2 手上，帳戶 chen：{right_b}。",
        },
    },
    start_methods: StartMethods {
        program: "程式",
        worker: "工作者",
        server: "分岔伺服器",
        fork: "fork",
        program_again: "把程式再啟動一次",
        fork_server: "分岔伺服器",
        sets: "setting = 1",
        sets_and_grows: "setting 1、\n記憶體變大",
        begins: "開始",
        forks: "fork 出工作者",
        forks_server: "fork 出伺服器",
        starts: "把程式再啟動一次",
        fork_arrow: "fork",
        start_arrow: "啟動",
        job: "工作",
        job_stdin: "工作（stdin）",
        result: "結果",
        result_pipe: "結果（管線）",
        result_stdout: "結果（stdout）",
        copy: "複本：setting 1、\n工作",
        is_loaded: "載入",
        fresh: "從 main 開始：\nsetting 0",
        server_copy: "複本：\nsetting 0",
        worker_copy: "複本：\nsetting 0",
        sends: "送出工作",
        counts: "數質數",
        waits: "等待",
        goes_on: "繼續執行",
        alternative: Alternative {
            title: "三種啟動方式：fork、把程式再啟動一次、分岔伺服器",
            description: "三條時間軸由上往下排，每一條裡，程式都需要一個工作者來數質數。第一種是 fork，有兩欄。{fork}\
                工作者是程式的複本，已經有 setting 和工作。第二種是把程式再啟動一次，有兩欄。{again}\
                工作者從 main 開始，setting 是 0；工作從 stdin 送進來，結果從 stdout 送回去。\
                第三種是分岔伺服器，有三欄。{server}伺服器一開始就 fork 出來，那時 setting 還沒有變。\
                之後程式把工作送給它，它再 fork 出工作者，由工作者自己把結果送回程式。",
        },
    },
    deadlock: Deadlock {
        giver_first: "先鎖轉出的帳戶：繞成一圈",
        same_order: "固定順序：繞不成圈",
        thread: "執行緒 {n}",
        account: "帳戶 {n}",
        waits_for: "等待",
        is_held_by: "持有者",
        locks: "鎖住 {n}",
        wants: "想鎖 {n}：\n等待",
        transfers: "轉帳",
        lets_go: "兩個都解鎖",
        free: "0 空出來了",
        alternative: Alternative {
            title: "兩把鎖的順序造成死結，以及解法",
            description: "上圖先鎖轉出的帳戶：四個方塊由箭頭繞成一圈。執行緒 1 等待帳戶 1，帳戶 1 在執行緒 2 手上；\
                執行緒 2 等待帳戶 0，帳戶 0 在執行緒 1 手上。誰都動不了。下圖固定順序：時間軸裡一個執行緒一欄。{lanes}\
                執行緒 2 等待的時候手上什麼都沒有，等執行緒 1 解開帳戶 0 的鎖，它就繼續。",
        },
    },
    supervisor: Supervisor {
        lane: "監督者",
        task: "任務 B",
        back_off: "退避：每次停頓都加倍",
        starts: "啟動第 {n} 次嘗試",
        panics: "第 {n} 次嘗試：\npanic",
        counts: "第 {n} 次嘗試：\n數質數",
        pause: "停頓 {ms} ms",
        meanwhile: "看著全部，\n啟動其他任務",
        watches: "看著全部",
        takes_result: "收下結果",
        worker: "工作者",
        failed: "結束狀態 101",
        succeeded: "結束狀態 0",
        shut_down: "工作者 2 暫停時，按下 Ctrl-C",
        worker_n: "工作者 {n}",
        ctrl_c: "Ctrl-C",
        tells: "送給全部：\nSIGTERM",
        ends: "不理 Ctrl-C，\nSIGTERM 才\n讓它結束",
        grace: "寬限期：\n1 s",
        kills: "SIGKILL",
        stopped: "暫停中：\nSIGTERM 只\n能等著；\n最後被殺掉",
        joins: "全部等到了，\n以 130 結束",
        alternative: Alternative {
            title: "監督者停頓一段時間再試一次；按下 Ctrl-C 時，結束所有工作者",
            description: "兩條時間軸。上圖是監督者和失敗兩次的任務 B。{attempts}每次嘗試都在新的工作者裡執行；\
                發生 panic 的工作者，結束狀態是 101。第二次停頓的時間是第一次的兩倍，這段時間監督者照顧其他任務。\
                下圖是按下 Ctrl-C 之後，有一個監督者和兩個工作者。{shut_down}SIGTERM 同時送給兩個工作者。\
                工作者 1 結束。寬限期過了，工作者 2 還在，就由 SIGKILL 讓它結束。",
        },
    },
};

const COSTS: Costs = Costs {
    cases: &[
        ("start", "rust thread", "執行緒"),
        ("start", "rust scoped_thread", "作用域執行緒"),
        ("start", "rust fork", "單純的 fork"),
        ("start", "rust mp_process", "mp::Process"),
        ("start", "rust command", "一支程式"),
        ("start", "rust procspawn", "procspawn"),
        ("start", "python thread", "Thread"),
        ("start", "python fork", "Process（fork）"),
        ("start", "python forkserver", "forkserver"),
        ("start", "python spawn", "spawn"),
        ("fork_memory", "rust fork", "fork"),
        ("fork_memory", "rust command", "一支程式"),
        ("fork_memory", "python fork", "Python 的\nfork"),
        ("moving", "rust pipe", "管線"),
        ("moving", "rust socketpair", "socket"),
        ("moving", "rust shared_memory", "共享\n記憶體"),
        ("moving", "rust memcpy", "memcpy"),
        ("moving", "rust mp_pool", "mp::Pool"),
        ("moving", "python pipe", "Python 的\n管線"),
        ("", "rust mp_pool", "mp::Pool"),
        ("", "rust procspawn", "procspawn"),
        ("", "rust rayon", "rayon"),
        ("", "python pool", "Python 的\nPool"),
        ("", "python executor", "Python 的\nexecutor"),
        ("", "python threads", "Python 的\n執行緒"),
        ("", "python processes", "Python 的\n行程"),
    ],
    rust: "Rust",
    python: "Python",
    start: Chart {
        x: "啟動一個並等它結束的時間",
        y: "",
        alternative: Alternative {
            title: "啟動一個工作者並等它結束，要花多少時間",
            description: "每一列一個點，橫軸是時間，為對數刻度。{points}",
        },
    },
    fork_memory: Chart {
        x: "父行程使用中的記憶體",
        y: "啟動一個並等它結束的時間",
        alternative: Alternative {
            title: "父行程用的記憶體愈多，fork 就愈花時間",
            description: "折線圖：橫軸是父行程使用中的記憶體，縱軸是時間，為對數刻度。{points}",
        },
    },
    chunk: Chart {
        x: "一個區塊裡的任務數",
        y: "每個任務的時間",
        alternative: Alternative {
            title: "各種池交出一個任務要花多少時間，依區塊大小",
            description: "折線圖：橫軸是區塊大小，縱軸是每個任務的時間，兩軸都是對數刻度。{points}",
        },
    },
    result: Chart {
        x: "結果的大小",
        y: "每個任務的時間",
        alternative: Alternative {
            title: "各種池裡一個任務要花多少時間，依結果的大小",
            description: "折線圖：橫軸是結果的大小，縱軸是每個任務的時間，兩軸都是對數刻度。{points}",
        },
    },
    moving: Chart {
        x: "訊息的大小",
        y: "每秒搬移的位元組",
        alternative: Alternative {
            title: "資料從一個工作者搬到另一個有多快，依訊息的大小",
            description: "折線圖：橫軸是訊息的大小，縱軸是每秒搬移的位元組，兩軸都是對數刻度。{points}",
        },
    },
    speedup: Chart {
        x: "工作者數",
        y: "速度是單一迴圈的幾倍",
        alternative: Alternative {
            title: "工作者變多，數質數會快多少",
            description: "折線圖：橫軸是工作者數，縱軸是加速比。另有兩條虛線供比較：\
                一條是阿姆達爾定律，依測得的循序比例畫出；另一條是機器的上限，也就是 CPU 數。{points}",
        },
    },
    crossover: Chart {
        x: "任務長度",
        y: "時間，與單一迴圈相比",
        alternative: Alternative {
            title: "任務要多長，各種做法才划算",
            description: "折線圖：橫軸是任務長度，縱軸是時間與同一種語言的單一迴圈之比，兩軸都是對數刻度。\
                一條虛線標出 1：在它下方，就比迴圈快。圓圈標出折線從哪裡開始一直低於虛線。{points}{pays}",
        },
    },
    amdahl: "阿姆達爾\n定律",
    limit: "CPU 數",
    sequential: "這條線\n以下划算",
    spoken_point: "{x} 時 {value}",
    spoken_row: "{language}，{name}：{value}",
    spoken_series: "{name}：{points}。",
    spoken_pays: "{name}，每個任務 {x} 起划算",
    spoken_never: "{name}，任務再長也不划算",
};

const MEASURED: Measured = Measured {
    threads_one_core: "Rust 實測：一個核心上的執行緒",
    python_threads: "Python 實測：多個核心上的執行緒",
    threads_cores: "Rust 實測：多個核心上的執行緒",
    processes: "Rust 實測：多個核心上的行程",
    python_processes: "Python 實測：多個核心上的行程",
    start_thread: "啟動執行緒，直到它開始執行",
    start_process: "啟動行程，直到它開始執行",
    labels: Labels {
        title: "實測：誰在什麼時候執行",
        headings: &[],
        on_cpu: "{piece} @{cpu}",
        cpu: "@0：在 CPU 0 上執行",
        start: "啟動工作者，直到它開始執行",
        switch: "{count} 次切換",
        moving: "搬移結果",
        way: "共花了 {ms} ms，其中切換 {switches} 次，啟動 {start} ms，搬移 {move} ms。",
        worker: "{worker}：{pieces}。",
        piece: "{piece} 從 {from} 到 {to} ms，共 {slices} 個片段",
        joint: "；",
        sentence_joint: "",
    },
    cover: Cover {
        title: "同一份工作的四種做法，實際測量",
        work: "時間由左向右，每一段色塊是一個工作者在執行的時間。",
        ways: ["Python 執行緒", "Python 行程", "Rust 執行緒", "Rust 行程"],
        took: "{way}：{time}。",
        main: "main",
        costs: "啟動、搬移",
    },
};

const LAB: Lab = Lab {
    ways: ["一個接一個", "一個核心上的執行緒", "多個核心上的執行緒", "多個核心上的行程"],
    spoken: "{way} {percent} %",
    alternative: Alternative {
        title: "同一份工作用四種做法各要多久",
        description: "四根長條，長度代表上面幾張圖裡同一份工作所花的時間，以一個接一個做的時間為 100 %：{ways}。",
    },
};

const MPI: Mpi = Mpi {
    model: Chart {
        x: "rank 的數量",
        y: "模型，不是實測：速度是一個 rank 的幾倍",
        alternative: Alternative {
            title: "模型：四種工作用 1 到 10,000 個 rank，會快多少",
            description: "由模型算出，不是實測。折線圖：橫軸是 rank 的數量，縱軸是加速比，兩軸都是對數刻度。\
                一條虛線供比較：有幾個 rank，速度就是幾倍。大的工作一直跟著它到最後；小的工作最先離開它，然後變平。\
                資料全由根送出的工作，以及只有一個根來發所有小段的池，各有一個上限。{points}",
        },
    },
    ideal: "理想",
    large: "大的工作",
    small: "小的工作",
    data: "大的工作，\n資料很多",
    pool: "只有一個\n根的池",
};
